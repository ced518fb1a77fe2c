using System.Net.Security;
using System.Security.Authentication;
using Sidecar.Records;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public static TheoryData<SslProtocols> Versions => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Clients_AreServedAsWithoutTls(SslProtocols version)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await ConnectAsync(sidecar, version);
        Assert.Equal(SslApplicationProtocol.Http11, client.Tls!.NegotiatedApplicationProtocol);
        await client.SendAsync(Post("first") + Post("second"));
        var upstream = await sidecar.Upstream.AcceptAsync();
        var request = await upstream.ReadMessageAsync();
        Assert.Contains("X-Forwarded-Proto: https\r\n", request);
        Assert.EndsWith("first", request);
        await upstream.SendAsync(Ok);
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);
        Assert.Equal(Ok + Ok, await client.ReadAsync(2 * Ok.Length));

        var text = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i % 10}"));
        var sending = client.SendAsync(Post(text));
        Assert.EndsWith(text, await upstream.ReadMessageAsync());
        await sending;
        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}");
        Assert.EndsWith(text, await client.ReadMessageAsync());
        await sidecar.IdleAsync();
    }

    [Fact]
    public async Task SlowReader_GetsAllOfIt()
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await ConnectAsync(sidecar, SslProtocols.Tls13);
        await client.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        var text = new string('x', 8_000_000);
        var sending = upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}");
        await client.ReadHeadAsync();
        // More than the sockets between hold: the sidecar's sends have to wait, and then to go on with the same bytes.
        Assert.False(sending.IsCompleted);
        Assert.Equal(text.Length, (await client.ReadAsync(text.Length)).Length);
        await sending;
        await sidecar.OutcomeAsync(Outcome.Completed);
    }

    [Fact]
    public async Task ClientThatKnowsOnlyHttp2_IsTurnedAway()
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.ConnectAsync();
        await Assert.ThrowsAsync<AuthenticationException>(() => client.SecureAsClientAsync(
            new SslClientAuthenticationOptions { ApplicationProtocols = [SslApplicationProtocol.Http2] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task HandshakeThatDoesNotEnd_IsCutAfterTheTimeOfAHead(string said)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.ConnectAsync();
        if (said != "") await client.SendAsync(said);
        var ended = client.ReadToEndAsync();
        // Far less than an idle client may take; whoever comes meanwhile shows that the reactor has seen the time.
        for (var i = 0; i < 20 && !ended.IsCompleted; i++)
        {
            sidecar.Time.Advance(TimeSpan.FromSeconds(11));
            var other = await sidecar.SendAsync("nothing\r\n\r\n");
            await other.ReadToEndAsync();
        }
        Assert.Equal("", await ended);
    }

    [Fact]
    public async Task PlainTextOnTheTlsPort_IsClosed()
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        var client = await sidecar.SendAsync(Get);
        Assert.DoesNotContain("HTTP/1.1", await client.ReadToEndAsync());
        Assert.False(sidecar.Upstream.HasPending);
    }

    [Fact]
    public async Task ChangedFiles_AreServedToNewConnections_AndBrokenOnesAreNot()
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        Assert.Equal("CN=sidecar.test", await SubjectAsync(sidecar));
        _certificate.Renew("renewed.test");
        File.SetLastWriteTimeUtc(_certificate.CertificateFile, DateTime.UtcNow.AddSeconds(1));
        sidecar.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("CN=renewed.test", await SubjectAsync(sidecar));

        File.WriteAllText(_certificate.KeyFile, "no key");
        File.SetLastWriteTimeUtc(_certificate.KeyFile, DateTime.UtcNow.AddSeconds(2));
        sidecar.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("CN=renewed.test", await SubjectAsync(sidecar));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task ModelServer_IsReachedByTls_AndItsConnectionUsedAgain(SslProtocols version)
    {
        await using var sidecar = await ProxyHarness.StartAsync(upstreamTls: _certificate.Trust("127.0.0.1"));
        var client = await sidecar.SendAsync(Post("first"));
        var upstream = await AcceptAsync(sidecar, version);
        for (var i = 0; i < 3; i++)
        {
            await upstream.ReadMessageAsync();
            await upstream.SendAsync(Ok);
            Assert.Equal(Ok, await client.ReadMessageAsync());
            await sidecar.IdleAsync();
            await client.SendAsync(Post($"again {i}"));
        }
        Assert.EndsWith("again 2", await upstream.ReadMessageAsync());
        Assert.False(sidecar.Upstream.HasPending);
    }

    [Fact]
    public async Task CertificateForAnotherName_CountsAsRefused()
    {
        await using var sidecar = await ProxyHarness.StartAsync(upstreamTls: _certificate.Trust("other.test"));
        await sidecar.SendAsync(Post());
        var peer = await sidecar.Upstream.AcceptAsync();
        var options = new SslServerAuthenticationOptions { ServerCertificate = _certificate.Certificate };
        await Task.WhenAny(peer.SecureAsServerAsync(options));

        await ProxyHarness.UntilAsync(() => sidecar.Gate is { IsOpen: false, Queued: 1, InFlight: 0 });
    }

    [Fact]
    public async Task CertificateForAnotherName_IsToldToAClientThatDoesNotQueue()
    {
        await using var sidecar = await ProxyHarness.StartAsync(upstreamTls: _certificate.Trust("other.test"));
        var client = await sidecar.SendAsync(Get);
        var peer = await sidecar.Upstream.AcceptAsync();
        var options = new SslServerAuthenticationOptions { ServerCertificate = _certificate.Certificate };
        await Task.WhenAny(peer.SecureAsServerAsync(options));

        var answer = await client.ReadMessageAsync();
        Assert.Contains("x-sidecar-reason: upstream-refused\r\n", answer);
        Assert.Contains("\"The TLS handshake with the model server failed.\"", answer);
        // The next one is refused without TLS, and is told that.
        sidecar.Upstream.StopListening();
        await client.SendAsync(Get);
        Assert.Contains("\"The model server refuses connections.\"", await client.ReadMessageAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EndWithoutWord_IsNoEndOfABody(bool isHonest)
    {
        await using var sidecar = await ProxyHarness.StartAsync(upstreamTls: _certificate.Trust("sidecar.test"));
        var client = await sidecar.SendAsync(Get);
        var upstream = await AcceptAsync(sidecar, SslProtocols.Tls13);
        await upstream.ReadHeadAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        await client.ReadThroughAsync("until the end");
        if (isHonest) await upstream.Tls!.ShutdownAsync();
        upstream.Socket.Close();

        await client.ReadToEndAsync();
        await sidecar.OutcomeAsync(isHonest ? Outcome.Completed : Outcome.UpstreamBroken);
    }

    public void Dispose() => _certificate.Dispose();

    private static async Task<TestPeer> ConnectAsync(ProxyHarness sidecar, SslProtocols version)
    {
        var client = await sidecar.ConnectAsync();
        await client.SecureAsClientAsync(new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = version,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        });
        return client;
    }

    private async Task<TestPeer> AcceptAsync(ProxyHarness sidecar, SslProtocols version)
    {
        var peer = await sidecar.Upstream.AcceptAsync();
        await peer.SecureAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificate.Certificate, EnabledSslProtocols = version,
        });
        return peer;
    }

    private static async Task<string> SubjectAsync(ProxyHarness sidecar)
    {
        var client = await ConnectAsync(sidecar, SslProtocols.Tls13);
        return client.Tls!.RemoteCertificate!.Subject;
    }
}
