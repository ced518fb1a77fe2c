using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

/// <summary>TLS, Unix sockets and tunnels, with real clients on the published binary.</summary>
public sealed class TransportTests : IDisposable
{
    private const string WebSocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly TestCertificate _certificate = new();

    [Fact]
    public async Task Curl_ByTls_IsServed_AndTheCertificateIsRenewedWithoutARestart()
    {
        using var upstream = new InstantUpstream();
        upstream.Release();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint,
            ("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile));

        Assert.Equal("ok 200 1.1", await CurlAsync(sidecar));
        _certificate.Renew("sidecar.test");
        await AdminClient.UntilAsync(
            async () => await CurlAsync(sidecar) == "ok 200 1.1", "a handshake with the renewed certificate");
    }

    [Fact]
    public async Task UnencryptedRequestOnATlsPort_IsClosed_AndTheLogSaysSo()
    {
        using var upstream = new InstantUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint,
            ("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile));
        var client = await sidecar.SendAsync(Requests.Get);

        Assert.DoesNotContain("HTTP", (await client.ReadUntilOverAsync()).Text);
        var line = await sidecar.LoggedAsync("tls-handshake-failed");
        Assert.Equal("an unencrypted request on a TLS port", line.GetProperty("reason").GetString());
        Assert.Equal(1, await sidecar.Admin.MetricAsync("sidecar_tls_handshakes_failed_total"));
    }

    [Fact]
    public async Task ModelServerBehindTls_IsServedAndHealthy()
    {
        // A sidecar with TLS is a model server with TLS.
        using var upstream = new InstantUpstream();
        upstream.Release();
        await using var inner = await SidecarProcess.StartAsync(upstream.EndPoint,
            ("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile));
        await using var outer = await SidecarProcess.StartAsync(
            inner.Data, ("SIDECAR_UPSTREAM", $"https://{inner.Data}"),
            ("SIDECAR_UPSTREAM_CA_FILE", _certificate.CertificateFile));

        await AdminClient.UntilAsync(
            async () => await outer.Admin.MetricAsync("sidecar_upstream_healthy") == 1, "a healthy model server");
        var client = await outer.SendAsync(Requests.Post("a"));
        Assert.EndsWith("ok", await client.ReadMessageAsync());
    }

    [Fact]
    public async Task UnixSockets_ServeBothWays_AndTheFileGoesWithTheDrain()
    {
        using var upstream = new InstantUpstream();
        upstream.Release();
        var path = Path.Combine(Path.GetTempPath(), $"sidecar-{Guid.NewGuid():n}.sock");
        await using var inner = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_LISTEN", $"unix:{path}"), ("SIDECAR_DRAIN_DELAY", "0"));
        await using var outer = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_UPSTREAM", $"unix:{path}"));

        Assert.Equal("ok 200 1.1", await CurlAsync("--unix-socket", path, "http://localhost/v1/models"));
        var client = await outer.SendAsync(Requests.Post("a"));
        Assert.EndsWith("ok", await client.ReadMessageAsync());
        inner.Terminate();
        Assert.Equal(0, await inner.ExitAsync());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task WebSocket_IsATunnel_AndHoldsItsPermit()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", "1"), ("SIDECAR_THREADS", "1"));
        using var client = new ClientWebSocket();
        var cancellation = TestContext.Current.CancellationToken;
        var connecting = client.ConnectAsync(new Uri($"ws://{sidecar.Data}/v1/realtime"), cancellation);
        var arrival = await upstream.NextAsync();
        await arrival.AnswerAsync(Accept(arrival.Request));
        await connecting;
        Assert.Equal(1, (await sidecar.Admin.QueueAsync()).GetProperty("in_flight").GetInt32());
        // A text frame from the server: FIN and opcode, length, text (RFC 6455 section 5.2).
        await arrival.Peer.SendAsync("\u0081\u0005hello");

        var buffer = new byte[16];
        var received = await client.ReceiveAsync(buffer, cancellation);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, received.Count));
        client.Abort();
        await arrival.Closed;
        arrival.Peer.Dispose();
        await sidecar.Admin.IdleAsync();
    }

    public void Dispose() => _certificate.Dispose();

    private static string Accept(string request)
    {
        const string name = "Sec-WebSocket-Key: ";
        var start = request.IndexOf(name, StringComparison.OrdinalIgnoreCase) + name.Length;
        var key = request[start..request.IndexOf('\r', start)];
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + WebSocketGuid)));
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n\r\n";
    }

    private Task<string> CurlAsync(SidecarProcess sidecar) => CurlAsync(
        "--cacert", _certificate.CertificateFile, "--connect-to", $"sidecar.test:443:{sidecar.Data}",
        "https://sidecar.test/v1/models");

    /// <summary>Body, status and version; nothing where curl failed.</summary>
    private static async Task<string> CurlAsync(params string[] arguments)
    {
        string[] all = ["-s", "-m", "20", "-w", " %{http_code} %{http_version}", .. arguments];
        var start = new ProcessStartInfo("curl", all)
        {
            RedirectStandardOutput = true,
        };
        using var curl = Process.Start(start)!;
        var text = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return curl.ExitCode == 0 ? text : "";
    }
}
