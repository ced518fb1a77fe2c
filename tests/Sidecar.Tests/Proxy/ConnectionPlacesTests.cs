using Sidecar.Proxy;

namespace Sidecar.Tests.Proxy;

public class ConnectionPlacesTests
{
    [Fact]
    public async Task ManyThreads_NeverTakeMoreThanTheLimit()
    {
        const int Limit = 3, Threads = 4, Rounds = 20_000;
        var places = new ConnectionPlaces(Limit);
        int held = 0, most = 0, refused = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                if (!places.TryTake())
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }
                var now = Interlocked.Increment(ref held);
                if (now > Volatile.Read(ref most)) Interlocked.Exchange(ref most, now);
                Interlocked.Decrement(ref held);
                places.Free();
            }
        })));

        Assert.InRange(most, 1, Limit);
        Assert.Equal(0, places.Taken);
        for (var i = 0; i < Limit; i++) Assert.True(places.TryTake());
        Assert.False(places.TryTake());
    }
}
