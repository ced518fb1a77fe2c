using Sidecar.Records;

namespace Sidecar.Tests.Records;

public class OutcomesTests
{
    /// <summary>Those that may be answered otherwise later, and no others (RFC 9110 section 10.2.3).</summary>
    [Fact]
    public void RetryAfter_IsToldWithWhatPasses() => Assert.Equal(
        [
            Outcome.QueueFull, Outcome.Shed, Outcome.ExpectedWait, Outcome.QueueTimeout, Outcome.Draining,
            Outcome.UpstreamUnavailable, Outcome.OutOfMemory,
        ],
        Enum.GetValues<Outcome>().Where(outcome => Outcomes.Of(outcome).MayBeRetried));
}
