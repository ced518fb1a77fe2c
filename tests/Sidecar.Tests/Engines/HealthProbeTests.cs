using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Sidecar.Engines;
using Sidecar.ModelServer;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Engines;

public class HealthProbeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Quarter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ClosedLook = TimeSpan.FromTicks(EngineState.ClosedLookTicksMax);

    [Fact]
    public async Task AnswerFromBeforeADoubt_OpensNothing_AndTheNextLookIsAtOnce()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        var asked = await BeHealthyAsync(scene, server);
        await LookAgainAsync(scene, asked, waits: 2);

        // The look that is under way is given up: the next one is on a connection of its own.
        scene.Engine.OnBroken();
        Assert.False(scene.Gate.IsOpen);
        var again = await server.AcceptAsync();
        await again.ReadHeadAsync();
        Assert.False(scene.Gate.IsOpen);
        await again.SendAsync(Requests.Ok);
        await ProxyHarness.UntilAsync(() => scene.Gate.IsOpen);
    }

    /// <summary>It was given up, and has found nothing out: with the failure before it there would be two.</summary>
    [Fact]
    public async Task LookThatIsOvertaken_IsNoFailure()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        var asked = await BeHealthyAsync(scene, server);
        await LookAgainAsync(scene, asked, waits: 2);
        await asked.SendAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await LookAgainAsync(scene, asked, waits: 4);

        scene.Engine.OnRefused("a test");
        await (await server.AcceptAsync()).ReadHeadAsync();
        Assert.True(scene.Engine.IsHealthy);
    }

    [Fact]
    public async Task Refusal_IsLookedIntoAtOnce()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        var asked = await BeHealthyAsync(scene, server);

        scene.Engine.OnRefused("a test");
        await OpenAsync(scene, asked);
    }

    [Fact]
    public async Task GateThatEachLookOpensAndTheNextRequestCloses_IsLookedAtFourTimesASecond()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        var asked = await BeHealthyAsync(scene, server);
        scene.Engine.OnRefused("first");
        await OpenAsync(scene, asked);

        var first = scene.Time.GetUtcNow();
        scene.Engine.OnRefused("second");
        await scene.UntilAsync(() => asked.Socket.Available > 0);
        Assert.True(scene.Time.GetUtcNow() - first >= TimeSpan.FromMilliseconds(250));
        await OpenAsync(scene, asked);
    }

    [Fact]
    public async Task LookThatWasAskedFor_IsFollowedByAnother_AfterAQuarterOfASecond()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        var asked = await BeHealthyAsync(scene, server);
        scene.Engine.OnRefused("first");
        await OpenAsync(scene, asked);
        // A look and the rest behind it, and then again, with the least rest first.
        TimeSpan[] waits = [Second, Second, ClosedLook, Quarter, Second];
        await ProxyHarness.UntilAsync(() => scene.Time.Waits.Length == waits.Length);
        Assert.Equal(waits, scene.Time.Waits);

        scene.Engine.OnRefused("second");
        scene.Time.Advance(Quarter);
        await OpenAsync(scene, asked);
    }

    [Fact]
    public async Task DoubtThatClosesNothing_DoesNotKeepALookFromBeingOvertaken()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        var asked = await BeHealthyAsync(scene, server);
        scene.Engine.OnRefused("first");
        await OpenAsync(scene, asked);

        // Trusted, so neither of these closes the gate: the one begins a look, the other comes while it is under way.
        await ProxyHarness.UntilAsync(() => scene.Time.Waits.Length == 5);
        scene.Engine.OnBroken();
        scene.Time.Advance(Quarter);
        await asked.ReadHeadAsync();
        scene.Engine.OnBroken();
        for (var i = 0; i < 1_000; i++) await Task.Yield();
        Assert.True(scene.Gate.IsOpen);
        scene.Engine.OnRefused("second");

        // Looks that were asked for are this far apart; the one under way would have lasted for longer.
        scene.Time.Advance(TimeSpan.FromMilliseconds(300));
        var again = await server.AcceptAsync();
        await OpenAsync(scene, again);
    }

    [Fact]
    public async Task Probe_OpensTheGate_AndTurnsWithTheModelServer()
    {
        await using var scene = new ProbeScene();
        var server = await StartAsync(0);
        scene.Engine.OnRefused("a test");
        scene.Start(server.EndPoint, key: "key");

        await scene.UntilAsync(() => scene.Engine.IsHealthy && scene.Gate.IsOpen);
        Assert.Null(scene.Engine.Complaint);
        var port = server.EndPoint.Port;
        await server.DisposeAsync();
        await scene.UntilAsync(() => !scene.Engine.IsHealthy);
        Assert.StartsWith($"GET http://127.0.0.1:{port}/health: ", scene.Engine.Complaint);
        await using var again = await StartAsync(port);
        await scene.UntilAsync(() => scene.Engine.IsHealthy);
    }

    [Theory]
    [InlineData("404 Not Found", true)]
    [InlineData("503 Service Unavailable", false)]
    public async Task PathThatNeverGave2xx_IsToldInWords_AndHoldsNoGate(string status, bool opensAtOnce)
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        scene.Engine.OnRefused("a test");
        scene.Start(server.EndPoint, "/nope");
        var asked = await server.AcceptAsync();
        await asked.ReadHeadAsync();
        await asked.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");

        await ProxyHarness.UntilAsync(() => scene.Engine.Complaint!.EndsWith($"/nope: {status[..3]}"));
        Assert.Equal((opensAtOnce, false), (scene.Gate.IsOpen, scene.Engine.IsHealthy));
        await ProxyHarness.UntilAsync(() => scene.Time.Waits.Length == 2);
        Assert.Equal([ClosedLook, opensAtOnce ? Second : Quarter], scene.Time.Waits);
    }

    /// <summary>It is given up sooner where requests wait for the look.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SilentPath_IsToldSo(bool isClosed)
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        if (isClosed) scene.Engine.OnRefused("a test");
        scene.Start(server.EndPoint);
        var asked = await server.AcceptAsync();
        await asked.ReadHeadAsync();
        Assert.Equal([isClosed ? ClosedLook : Second], scene.Time.Waits);
        scene.Time.Advance(isClosed ? ClosedLook : Second);

        await ProxyHarness.UntilAsync(() => scene.Engine.Complaint!.EndsWith("/health: no answer in time"));
    }

    [Fact]
    public async Task Connect_IsEnough_WhereNoPathIsAsked()
    {
        await using var scene = new ProbeScene();
        using var server = new SocketServer();
        scene.Start(server.EndPoint, path: null);

        await ProxyHarness.UntilAsync(() => scene.Engine.IsHealthy);
        server.StopListening();
        await scene.UntilAsync(() => !scene.Engine.IsHealthy);
        Assert.StartsWith($"connect to {server.EndPoint}: ", scene.Engine.Complaint);
        server.ListenAgain();
        await scene.UntilAsync(() => scene.Engine.IsHealthy);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData(null)]
    public async Task SocketThatIsNotThere_IsToldSo(string? path)
    {
        await using var scene = new ProbeScene();
        scene.Start(new UnixDomainSocketEndPoint("/no/such/folder/a.sock"), path);

        await ProxyHarness.UntilAsync(() => scene.Engine.Complaint!.EndsWith(": No such file or directory"));
    }

    [Fact]
    public async Task CertificateThatIsNotTrusted_IsToldWithWhereTrustIsSet()
    {
        using var certificate = new TestCertificate();
        using var server = new SocketServer();
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            scene.Start(server.EndPoint, scheme: "https");
            var asked = await server.AcceptAsync();
            var options = new SslServerAuthenticationOptions { ServerCertificate = certificate.Certificate };
            await Task.WhenAny(asked.SecureAsServerAsync(options));
            await ProxyHarness.UntilAsync(() => scene.Engine.Complaint!.Contains("/health: "));
            Assert.Contains("/health: the TLS handshake failed: ", scene.Engine.Complaint);
        }

        var line = Assert.Single($"{text}".Split('\n'), line => line.Contains("upstream-unhealthy"));
        Assert.Contains("SIDECAR_UPSTREAM_CA_FILE", line);
        Assert.DoesNotContain("refuses", line);
    }

    /// <summary>The probe has asked, was answered well, and rests; its connection stays.</summary>
    private static async Task<TestPeer> BeHealthyAsync(ProbeScene scene, SocketServer server)
    {
        scene.Start(server.EndPoint);
        var asked = await server.AcceptAsync();
        await asked.ReadHeadAsync();
        await asked.SendAsync(Requests.Ok);
        await ProxyHarness.UntilAsync(() => scene.Engine.IsHealthy && scene.Time.Waits.Length == 2);
        return asked;
    }

    /// <summary>
    /// The rest is over, and the next look asks. The clock goes no further than that: a look that has asked nothing yet
    /// could be over too.
    /// </summary>
    /// <param name="scene">Where it is looked.</param>
    /// <param name="asked">The connection that stays.</param>
    /// <param name="waits">How many there were up to the rest: two for each look.</param>
    private static async Task LookAgainAsync(ProbeScene scene, TestPeer asked, int waits)
    {
        await ProxyHarness.UntilAsync(() => scene.Time.Waits.Length == waits);
        scene.Time.Advance(Second);
        await asked.ReadHeadAsync();
    }

    /// <summary>The next look is answered well, and opens the gate.</summary>
    private static async Task OpenAsync(ProbeScene scene, TestPeer asked)
    {
        await asked.ReadHeadAsync();
        await asked.SendAsync(Requests.Ok);
        await ProxyHarness.UntilAsync(() => scene.Gate.IsOpen);
    }

    private static Task<SimulatedModelServer> StartAsync(int port) => SimulatedModelServer.StartAsync(
        new ModelServerOptions(), new IPEndPoint(IPAddress.Loopback, port), TimeProvider.System);
}
