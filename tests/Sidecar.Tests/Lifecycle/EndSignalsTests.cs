using Sidecar.Lifecycle;

namespace Sidecar.Tests.Lifecycle;

public class EndSignalsTests
{
    [Fact]
    public void First_AsksForTheEnd_AndEachLaterOneEndsAtOnce()
    {
        var signals = new EndSignals();
        Assert.False(signals.Asked.IsCancellationRequested);

        Assert.False(signals.Count());
        Assert.True(signals.Asked.IsCancellationRequested);
        Assert.True(signals.Count());
        Assert.True(signals.Count());
    }

    [Fact]
    public void First_IsNotHeldUp_ByWhoeverIsTold()
    {
        var signals = new EndSignals();
        using var release = new ManualResetEventSlim();
        using var registration = signals.Asked.Register(release.Wait);

        Assert.False(signals.Count());
        Assert.True(signals.Count());
        release.Set();
    }

    [Fact]
    public void ManyAtOnce_AreOneFirst()
    {
        var signals = new EndSignals();
        var firsts = 0;
        Parallel.For(0, 64, _ =>
        {
            if (!signals.Count()) Interlocked.Increment(ref firsts);
        });

        Assert.Equal(1, firsts);
    }
}
