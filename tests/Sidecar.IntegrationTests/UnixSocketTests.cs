using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

/// <summary>A data port that is a Unix socket.</summary>
public sealed class UnixSocketTests : IDisposable
{
    private const string Broken = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("sidecar-unix-").FullName;

    private string SocketFile => Path.Combine(_folder, "data.sock");

    /// <summary>HTTP/1.0 tells the end of an answer by the connection's alone: it must not look like one.</summary>
    [Theory]
    [InlineData("GET /x HTTP/1.0\r\n\r\n")]
    [InlineData("POST /x HTTP/1.0\r\nContent-Length: 1\r\n\r\nx")]
    public async Task AnswerThatIsBrokenOff_IsNoCleanEnd(string request)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream.EndPoint);
        using var client = await ConnectAsync();
        await client.SendAsync(request);
        var arrival = await upstream.NextAsync();
        await arrival.AnswerAsync(Broken);
        await client.ReadThroughAsync("hello");
        arrival.Peer.Dispose();

        Assert.Equal(("", true), await client.ReadUntilOverAsync());
    }

    [Fact]
    public async Task AnswerThatIsWhole_EndsCleanly()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream.EndPoint);
        using var client = await ConnectAsync();
        await client.SendAsync("GET /x HTTP/1.0\r\n\r\n");
        await (await upstream.NextAsync()).AnswerAsync();

        var (text, isReset) = await client.ReadUntilOverAsync();
        Assert.EndsWith("\r\n\r\nok", text);
        Assert.False(isReset);
    }

    [Fact]
    public async Task PipelinedRequests_AreAnsweredInOrder_HoweverTheyAreCut()
    {
        const int Count = 50;
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream.EndPoint);
        using var client = await ConnectAsync();
        var all = string.Concat(Enumerable.Range(0, Count).Select(i => Requests.Post($"body {i}")));
        var sending = Task.Run(async () =>
        {
            for (var at = 0; at < all.Length; at += 7) await client.SendAsync(all[at..Math.Min(at + 7, all.Length)]);
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < Count; i++)
        {
            var arrival = await upstream.NextAsync();
            Assert.Equal($"body {i}", arrival.Body);
            await arrival.AnswerAsync();
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
        }
        await sending;
    }

    /// <summary>Up and down again through one connection of curl's: what comes back is what was sent.</summary>
    [Fact]
    public async Task Curl_KeepsItsConnection_AndLargeBodiesArriveWhole()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream.EndPoint);
        var body = Convert.ToHexString(RandomNumberGenerator.GetBytes(2_500_000));
        var (file, received) = (Path.Combine(_folder, "body"), Path.Combine(_folder, "received"));
        await File.WriteAllTextAsync(file, body, TestContext.Current.CancellationToken);
        var url = "http://localhost/v1/echo";
        string[] one = ["--data-binary", $"@{file}", "-H", "Expect:", "-o", received, url];
        string[] common = ["-s", "-m", "60", "--unix-socket", SocketFile, "-w", "%{http_code} %{num_connects},"];
        using var curl = Process.Start(new ProcessStartInfo("curl", [.. common, .. one, "--next", .. common, .. one])
        {
            RedirectStandardOutput = true,
        })!;
        for (var i = 0; i < 2; i++)
        {
            var arrival = await upstream.NextAsync();
            Assert.Equal(body, arrival.Body);
            await arrival.AnswerAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }

        var said = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("200 1,200 0,", said);
        Assert.Equal(body, await File.ReadAllTextAsync(received, TestContext.Current.CancellationToken));
    }

    /// <summary>Also where it may not be deleted, or its folder has gone: what runs is answered.</summary>
    [Fact]
    public async Task FileThatCannotBeDeleted_DoesNotKeepTheDrainFromItsEnd()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await StartAsync(upstream.EndPoint);
        using var client = await ConnectAsync();
        await client.SendAsync(Requests.Post("running"));
        var arrival = await upstream.NextAsync();
        Directory.Delete(_folder, recursive: true);
        sidecar.Terminate();

        await sidecar.LoggedAsync("socket-file-left");
        await arrival.AnswerAsync();
        Assert.EndsWith("\r\n\r\nok", await client.ReadMessageAsync());
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private Task<SidecarProcess> StartAsync(System.Net.IPEndPoint upstream) => SidecarProcess.StartAsync(
        upstream, ("SIDECAR_LISTEN", $"unix:{SocketFile}"), ("SIDECAR_DRAIN_DELAY", "0"));

    private async Task<TestPeer> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketFile), TestContext.Current.CancellationToken);
        return new TestPeer(socket);
    }
}
