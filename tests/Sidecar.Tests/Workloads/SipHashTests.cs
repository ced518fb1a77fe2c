using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class SipHashTests
{
    [Fact]
    public void Hash_IsThatOfThePaper()
    {
        // Appendix A of the paper: key 00 to 0f, message 00 to 0e.
        var hash = new SipHash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
        var message = Enumerable.Range(0, 15).Select(i => (byte)i).ToArray();
        Assert.Equal(0xa129ca6149be45e5UL, hash.Compute(message));
    }

    [Fact]
    public void Registries_HashTheSameIdDifferently()
    {
        var hashes = Enumerable.Range(0, 8)
            .Select(_ => new WorkloadRegistry(new WorkloadOptions()).HashOf("fraud-detection"u8));
        Assert.Equal(8, hashes.Distinct().Count());
    }
}
