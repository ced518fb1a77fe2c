using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Sidecar.Telemetry;
using Sidecar.Tests.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

/// <summary>Handshakes that come to nothing.</summary>
public sealed class TlsHandshakeTests : IDisposable
{
    private const string NoHello = "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000";

    private readonly TestCertificate _certificate = new();

    [Theory]
    [InlineData(Get)]
    [InlineData("DELETE / HTTP/1.1\r\n\r\n")]
    [InlineData(NoHello)]
    public async Task WhatIsNoHandshake_IsClosed_AndCounted(string said)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.SendAsync(said);
        await client.ReadUntilOverAsync();

        await ProxyHarness.UntilAsync(() => sidecar.Instruments.TlsHandshakesFailed.Value == 1);
        Assert.False(sidecar.Upstream.HasPending);
    }

    [Fact]
    public async Task ClientThatKnowsOnlyHttp2_IsCounted()
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.ConnectAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => client.SecureAsClientAsync(
            new SslClientAuthenticationOptions { ApplicationProtocols = [SslApplicationProtocol.Http2] }));

        await ProxyHarness.UntilAsync(() => sidecar.Instruments.TlsHandshakesFailed.Value == 1);
    }

    /// <summary>Though nothing follows, and each by its own reason.</summary>
    [Fact]
    public async Task FailuresInARow_AreAllTold_WithinTenSeconds()
    {
        var output = new LinesWriter();
        await using var log = new Log(output, LogLevel.Info, LogFormat.Text, TimeProvider.System);
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate, log: log);
        foreach (var said in (string[])[Get, NoHello, NoHello, NoHello, NoHello])
            await (await sidecar.SendAsync(said)).ReadUntilOverAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Instruments.TlsHandshakesFailed.Value == 5);
        sidecar.Time.Advance(TimeSpan.FromSeconds(10));

        await ProxyHarness.UntilAsync(() => output.Of("tls-handshake-failed").Length >= 3);
        var counts = output.Of("tls-handshake-failed").Select(line => line.Split("  count="));
        Assert.Equal(
            [1, 4], counts.GroupBy(line => line[0], line => int.Parse(line[1])).Select(reason => reason.Sum()));
    }

    /// <summary>It has got as far as the server's answer.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HandshakeThatIsBroughtToNoEnd_IsCounted(bool leaves)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.SendAsync(await HelloAsync());
        await client.ReadAsync(1);
        if (leaves) client.Dispose();
        else sidecar.Time.Advance(TimeSpan.FromSeconds(11));

        await ProxyHarness.UntilAsync(() => sidecar.Instruments.TlsHandshakesFailed.Value == 1);
        Assert.Equal(0, sidecar.Server.ConnectionCount);
    }

    /// <summary>As probes of a port do.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientThatSaysNothing_IsNotCounted(bool resets)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var silent = await sidecar.ConnectAsync();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 1);
        if (resets) silent.Reset();
        else silent.Dispose();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 0);
        // Behind it, so that it would have been counted by now.
        await (await sidecar.SendAsync(Get)).ReadUntilOverAsync();

        await ProxyHarness.UntilAsync(() => sidecar.Instruments.TlsHandshakesFailed.Value >= 1);
        Assert.Equal(1, sidecar.Instruments.TlsHandshakesFailed.Value);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task ConnectionThatBreaksAfterItsHandshake_IsNotCounted(SslProtocols version)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.ConnectAsync();
        await client.SecureAsClientAsync(new SslClientAuthenticationOptions { EnabledSslProtocols = version });
        await client.SendAsync("nothing\r\n\r\n");
        await client.ReadThroughAsync("\r\n\r\n");
        // No record of TLS.
        await client.Socket.SendAsync("not encrypted"u8.ToArray());
        client.Socket.Close();
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 0);

        Assert.Equal(0, sidecar.Instruments.TlsHandshakesFailed.Value);
    }

    /// <summary>No session can be made of a context that is gone.</summary>
    [Fact]
    public async Task SessionThatCannotBeMade_EndsItsConnectionAlone()
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var before = await sidecar.ConnectAsync();
        await before.SecureAsClientAsync(new SslClientAuthenticationOptions());
        sidecar.Certificate!.Dispose();

        for (var i = 0; i < 3; i++)
        {
            using var refused = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await refused.ConnectAsync(sidecar.Server.EndPoint, TestContext.Current.CancellationToken);
                Assert.Equal(0, await refused.ReceiveAsync(new byte[1]));
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
            }
        }
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 1);
        await before.SendAsync(Get);
        await (await sidecar.Upstream.AcceptAsync()).SendAsync(Ok);
        Assert.Equal(Ok, await before.ReadMessageAsync());
    }

    [Fact]
    public async Task Server_DisposesOfItsContexts()
    {
        var trust = _certificate.Trust("sidecar.test");
        var sidecar = await ProxyHarness.StartAsync(certificate: _certificate, upstreamTls: trust);
        var certificate = sidecar.Certificate!;
        await sidecar.Server.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => trust.Context.NewClientSession(0, trust.Host));
        Assert.Throws<ObjectDisposedException>(() => certificate.Current.NewServerSession(0));
        sidecar.Upstream.Dispose();
    }

    public void Dispose() => _certificate.Dispose();

    /// <summary>The first message of a real client.</summary>
    private static async Task<string> HelloAsync()
    {
        using var listener = new SocketServer();
        using var client = await TestPeer.ConnectAsync(listener.EndPoint);
        var securing = client.SecureAsClientAsync(new SslClientAuthenticationOptions());
        var peer = await listener.AcceptAsync();
        // A record: its type, the version, the length of what follows (RFC 8446 section 5.1).
        var header = await peer.ReadAsync(5);
        var hello = header + await peer.ReadAsync(header[3] << 8 | header[4]);
        peer.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => securing);
        return hello;
    }
}
