using Sidecar.Fuzz;

namespace Sidecar.Tests.Fuzz;

/// <summary>About a minute of what scripts/fuzz does for as long as wanted.</summary>
public class FuzzTests
{
    private const long BytesPerTarget = 100_000_000;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Parser_AgreesWithItsReference(string name)
    {
        var run = new FuzzRun(FuzzTargets.New(name), seed: 7);

        Assert.True(run.Continue(BytesPerTarget, () => false), $"{FuzzRun.Escape(run.Culprit)}\n{run.Difference}");
        // Where nearly all is refused, or nearly nothing, the comparison says little.
        Assert.InRange(run.Accepted, run.Inputs / 4, run.Inputs * 3 / 4);
    }
}
