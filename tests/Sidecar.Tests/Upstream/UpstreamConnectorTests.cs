using System.Net.Security;
using System.Text;
using Sidecar.Tests.Proxy;
using Sidecar.Upstream;

namespace Sidecar.Tests.Upstream;

public sealed class UpstreamConnectorTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    [Fact]
    public async Task NobodyListens_IsTheKernelsReason()
    {
        using var scene = await UpstreamScene.StartAsync();
        Assert.Null(scene.Connector.Failure);
        scene.Server.StopListening();

        Assert.Equal(ConnectStatus.Refused, await scene.ConnectAsync());
        Assert.Equal("Connection refused", scene.Connector.Failure);
    }

    [Fact]
    public async Task CertificateForAnotherName_IsTheReasonOfTls()
    {
        using var scene = await UpstreamScene.StartAsync(_certificate.Trust("other.test"));
        var connecting = scene.ConnectAsync();
        var peer = await scene.Server.AcceptAsync();
        var options = new SslServerAuthenticationOptions { ServerCertificate = _certificate.Certificate };
        await Task.WhenAny(peer.SecureAsServerAsync(options));

        Assert.Equal(ConnectStatus.Refused, await connecting);
        Assert.Equal("the TLS handshake failed: hostname mismatch", scene.Connector.Failure);
    }

    /// <summary>What it says before it closes tells why, also where both come at once.</summary>
    [Fact]
    public async Task ModelServerThatRefusesTheHandshake_IsHeard()
    {
        using var scene = await UpstreamScene.StartAsync(_certificate.Trust("sidecar.test"));
        var connecting = scene.ConnectAsync();
        var peer = await scene.Server.AcceptAsync();
        await peer.ReadAsync(1);
        // An alert of TLS 1.2: fatal, handshake_failure (RFC 5246 section 7.2).
        await peer.SendAsync("\u0015\u0003\u0003\u0000\u0002\u0002\u0028");
        peer.EndSending();

        Assert.Equal(ConnectStatus.Refused, await connecting);
        Assert.Contains("handshake failure", scene.Connector.Failure);
    }

    [Fact]
    public async Task ModelServerWithoutTls_IsTold()
    {
        using var scene = await UpstreamScene.StartAsync(_certificate.Trust("sidecar.test"));
        var connecting = scene.ConnectAsync();
        var peer = await scene.Server.AcceptAsync();
        await peer.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");

        Assert.Equal(ConnectStatus.Refused, await connecting);
        Assert.StartsWith("the TLS handshake failed: ", scene.Connector.Failure);
    }

    [Fact]
    public async Task HandshakeWithoutAnAnswer_TimesOut()
    {
        using var scene = await UpstreamScene.StartAsync(_certificate.Trust("sidecar.test"));
        var connecting = scene.ConnectAsync();
        var peer = await scene.Server.AcceptAsync();
        await peer.ReadAsync(1);
        scene.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(ConnectStatus.Refused, await connecting);
        Assert.Equal("the TLS handshake timed out", scene.Connector.Failure);
    }

    /// <summary>No such name is allowed to be asked for; the descriptor goes too.</summary>
    [Fact]
    public async Task SessionThatCannotBeMade_IsAFailure()
    {
        using var scene = await UpstreamScene.StartAsync(_certificate.Trust(new string('a', 300)));
        var connecting = scene.ConnectAsync();
        var peer = await scene.Server.AcceptAsync();

        Assert.Equal(ConnectStatus.Refused, await connecting);
        Assert.Equal("", await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task ConnectUnderWay_GivesWayToAConnectionThatCameToRest()
    {
        using var scene = await UpstreamScene.StartAsync(_certificate.Trust("sidecar.test"));
        var pending = await scene.RunAsync(() => scene.Connector.Rent(out _));
        var peer = await scene.Server.AcceptAsync();
        Assert.Equal(ConnectStatus.Pending, pending);
        var resting = await scene.ConnectPlainAsync();

        var (status, rented) = await scene.RunAsync(() =>
        {
            scene.Pool.Return(resting, -1, -1, wasStreamed: false);
            return (scene.Connector.Rent(out var connection), connection);
        });
        Assert.Equal(ConnectStatus.Connected, status);
        Assert.Same(resting, rented);
        await peer.ReadToEndAsync();
    }

    [Fact]
    public async Task ConnectThatHasEnded_IsNotMadeForNothing()
    {
        using var scene = await UpstreamScene.StartAsync();
        var resting = await scene.ConnectPlainAsync();
        await scene.Server.AcceptAsync();
        Assert.Equal(ConnectStatus.Pending, await scene.RunAsync(() => scene.Connector.Rent(out _)));
        await scene.Server.AcceptAsync();

        UpstreamConnection? rented = null;
        await scene.RunAsync(() => scene.Pool.Return(resting, -1, -1, wasStreamed: false));
        var status = await scene.RunAsync(() => scene.Connector.Rent(out rented));
        Assert.Equal(ConnectStatus.Connected, status);
        Assert.NotSame(resting, rented);
        Assert.Equal(1, scene.Pool.RestingCount);
    }

    public void Dispose() => _certificate.Dispose();
}
