using Sidecar.Proxy.Server;

namespace Sidecar.Tests.Proxy.Server;

public class ConnectionPlacesTests
{
    [Fact]
    public void Limit_IsReached_AndHolds()
    {
        var places = new ConnectionPlaces(2);
        Assert.True(places.TryTake());
        Assert.True(places.TryTake());
        Assert.False(places.TryTake());
        Assert.Equal(2, places.Taken);

        places.Free();
        Assert.True(places.TryTake());
        Assert.False(places.TryTake());
    }

    /// <summary>Two that want the last place in the same moment, again and again: one of them gets it.</summary>
    [Fact]
    public async Task LastPlace_GoesToOne()
    {
        const int Rounds = 100_000;
        var places = new ConnectionPlaces(1);
        int taken = 0, wrong = 0;
        using var together = new Barrier(2, _ =>
        {
            // Before the first round none has been taken, after each of them exactly one.
            if (taken != places.Taken || taken > 1) wrong++;
            while (taken > 0)
            {
                places.Free();
                taken--;
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                together.SignalAndWait();
                if (places.TryTake()) Interlocked.Increment(ref taken);
            }
        })));

        Assert.Equal(0, wrong);
    }
}
