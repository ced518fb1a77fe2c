using Sidecar.Records;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Relay;

/// <summary>
/// What an answer says of the client's connection holds: it is served again where it was to be kept, and else closed.
/// </summary>
public class EarlyAnswerTests
{
    private const string TooLarge = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo much";

    /// <summary>Nothing of a body that lies here whole is left to come from the client.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodyAtHand_ThatTheModelServerDoesNotTake_KeepsTheClient(bool isClosed)
    {
        await using var sidecar = await ProxyHarness.StartAsync(configure: o => o with
        {
            BodyBufferBytes = 16 << 20, BodyMemoryBytes = 64 << 20, BodyLimitBytes = 16 << 20,
        });
        var client = await sidecar.ConnectAsync();
        var sending = client.SendAsync(Post(new string('x', 12_000_000)));
        var first = await sidecar.Upstream.AcceptAsync();
        await first.ReadHeadAsync();
        await sending;
        await first.SendAsync(TooLarge);
        if (isClosed) first.Socket.Close();
        Assert.Equal(TooLarge, await client.ReadMessageAsync());
        await sidecar.OutcomeAsync(Outcome.Completed);

        await client.SendAsync(Get);
        var second = await sidecar.Upstream.AcceptAsync();
        await second.ReadHeadAsync();
        await second.SendAsync(Ok);
        Assert.Equal(Ok, await client.ReadMessageAsync());
        Assert.Equal(0, sidecar.Server.HeldBodyBytes);
    }

    /// <summary>The rest of such a body would be read as the next request.</summary>
    [Fact]
    public async Task BodyStillToCome_EndsTheConnection_AndTheAnswerSaysSo()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{new string('x', 400_000)}");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(TooLarge);

        var head = await client.ReadHeadAsync();
        Assert.Contains("Connection: close\r\n", head);
        Assert.Equal("too much", await client.ReadToEndAsync());
    }

    /// <summary>What was announced before the body's end holds after it too.</summary>
    [Fact]
    public async Task BodyThatEndsWithinTheAnswer_DoesNotUndoTheClosing()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n{new string('x', 299_999)}");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(TooLarge[..^1]);
        Assert.Contains("Connection: close\r\n", await client.ReadHeadAsync());
        await client.SendAsync("x");
        await upstream.ReadAsync(300_000);
        await upstream.SendAsync("h");

        Assert.Equal("too much", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    public async Task OwnAnswerAndRelayedOne_KeepWhatTheyAnnounce(string version, string field, bool isKept)
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1, queueLimit: 0);
        await sidecar.SendAsync(Post());
        await sidecar.Upstream.AcceptAsync();
        var refused = $"POST / {version}\r\nHost: a\r\n{field}Content-Length: 0\r\n\r\n";
        var relayed = $"GET / {version}\r\nHost: a\r\n{field}\r\n";
        foreach (var (request, status) in new[] { (refused, 429), (relayed, 200) })
        {
            var client = await sidecar.SendAsync(request);
            if (status == 200) await AnswerAsync(sidecar);
            var answer = await client.ReadMessageAsync();
            Assert.StartsWith($"HTTP/1.1 {status} ", answer);
            Assert.Equal(isKept, !answer.Contains("Connection: close\r\n"));
            if (version == "HTTP/1.0") Assert.Equal(isKept, answer.Contains("Connection: keep-alive\r\n"));
            if (!isKept) Assert.Equal("", await client.ReadToEndAsync());
            if (!isKept) continue;
            await client.SendAsync(refused);
            Assert.StartsWith("HTTP/1.1 429 ", await client.ReadMessageAsync());
        }
    }

    /// <summary>A drain that began while the model server was at work is told all the same.</summary>
    [Fact]
    public async Task DrainBeforeTheAnswer_IsAnnounced()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        sidecar.State.Draining = true;
        await upstream.SendAsync(Ok);

        Assert.Contains("Connection: close\r\n", await client.ReadToEndAsync());
    }

    private static async Task AnswerAsync(ProxyHarness sidecar)
    {
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(OkAndClose);
    }
}
