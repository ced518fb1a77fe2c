using Sidecar.Tests.Proxy;
using Sidecar.Upstream;

namespace Sidecar.Tests.Upstream;

public class UpstreamPoolTests
{
    /// <summary>As the pool has it: after so many survivals in a row, it trusts this model server.</summary>
    private const int TrustAfter = 8;

    private static readonly TimeSpan Probation = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task StreamedAnswers_AreFollowedByProbation_UntilEightInARowHaveSurvivedIt()
    {
        using var scene = await UpstreamScene.StartAsync();
        var connection = await scene.ConnectPlainAsync();
        for (var i = 0; i < TrustAfter; i++) await SurviveAsync(scene, connection);

        await ReturnAsync(scene, connection);
        Assert.Same(connection, await RentAsync(scene));
    }

    [Fact]
    public async Task OneThatIsClosedInItsProbation_BeginsTheCountAnew()
    {
        using var scene = await UpstreamScene.StartAsync();
        for (var i = 0; i < TrustAfter - 1; i++) await SurviveAsync(scene, await scene.ConnectPlainAsync());
        while (scene.Server.HasPending) await scene.Server.AcceptAsync();
        var closed = await scene.ConnectPlainAsync();
        var peer = await scene.Server.AcceptAsync();
        await ReturnAsync(scene, closed);
        peer.Dispose();
        await ProxyHarness.UntilAsync(() => !closed.Channel.IsOpen);

        var connection = await scene.ConnectPlainAsync();
        for (var i = 0; i < TrustAfter; i++) await SurviveAsync(scene, connection);
        await ReturnAsync(scene, connection);
        Assert.Same(connection, await RentAsync(scene));
    }

    [Fact]
    public async Task AnswerOfKnownLength_IsFollowedByNone()
    {
        using var scene = await UpstreamScene.StartAsync();
        var connection = await scene.ConnectPlainAsync();
        await ReturnAsync(scene, connection, wasStreamed: false);
        Assert.Same(connection, await RentAsync(scene));
    }

    /// <summary>Until then a reactor on which nothing happens may sleep.</summary>
    [Fact]
    public async Task NextDue_IsTheEndOfAProbationOrARest()
    {
        using var scene = await UpstreamScene.StartAsync();
        Assert.Equal(long.MaxValue, scene.Pool.NextDueTicks);
        var connection = await scene.ConnectPlainAsync();
        var restsFrom = await scene.RunAsync(() =>
        {
            scene.Pool.Return(connection, -1, -1, wasStreamed: true);
            return scene.Pool.Reactor.NowTicks;
        });
        Assert.Equal(restsFrom + Probation.Ticks, scene.Pool.NextDueTicks);

        await EndProbationAsync(scene);
        Assert.Equal(restsFrom + scene.Pool.Options.IdleTicks, scene.Pool.NextDueTicks);
        Assert.Same(connection, await RentAsync(scene));
        await scene.RunAsync(() => scene.Pool.Return(connection, keepAliveSeconds: 5, -1, wasStreamed: false));
        Assert.Equal(connection.ClosesAtTicks, scene.Pool.NextDueTicks);
    }

    /// <summary>It is not handed out while its probation lasts, and is afterwards.</summary>
    private static async Task SurviveAsync(UpstreamScene scene, UpstreamConnection connection)
    {
        await ReturnAsync(scene, connection);
        Assert.Null(await RentAsync(scene));
        await EndProbationAsync(scene);
        Assert.Same(connection, await RentAsync(scene));
    }

    private static async Task EndProbationAsync(UpstreamScene scene)
    {
        scene.Time.Advance(Probation);
        await scene.RunAsync(() => scene.Pool.OnSweep(scene.Pool.Reactor.NowTicks));
    }

    private static Task ReturnAsync(UpstreamScene scene, UpstreamConnection connection, bool wasStreamed = true) =>
        scene.RunAsync(() => scene.Pool.Return(connection, -1, -1, wasStreamed));

    private static Task<UpstreamConnection?> RentAsync(UpstreamScene scene) =>
        scene.RunAsync(() => scene.Pool.TryRent(scene.Signal));
}
