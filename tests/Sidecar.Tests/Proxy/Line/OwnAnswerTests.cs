using System.Net.Sockets;
using System.Net.Security;
using Sidecar.Records;
using Sidecar.Telemetry;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy.Line;

/// <summary>What the sidecar says itself, to clients that do not read.</summary>
public sealed class OwnAnswerTests : IDisposable
{
    private const int SmallBytes = 8 * 1024;
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Expecting =
        "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";

    /// <summary>In one record of TLS.</summary>
    private static readonly string Long = AnswerOf(12_000);

    private readonly TestCertificate _certificate = new();
    private int _answers;

    public void Dispose() => _certificate.Dispose();

    /// <summary>5,000 refusals are more than the sockets between hold, so that one is taken in part.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refusals_BeyondTheSocketsRoom_ArriveWhole(bool hasTls)
    {
        const int Count = 5000;
        await using var sidecar = await StartFullAsync(hasTls);
        var client = await ConnectAsync(sidecar, hasTls);
        var sending = client.SendAsync(string.Concat(Enumerable.Repeat(Post(""), Count)));
        await sidecar.OutcomeAsync(Outcome.QueueFull, 300);
        await BlockedAsync(sidecar);

        for (var i = 0; i < Count; i++) Assert.StartsWith("HTTP/1.1 429 ", await client.ReadMessageAsync());
        await sending;
        Assert.Equal(Count, sidecar.Instruments[Outcome.QueueFull].Value);
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 2);
    }

    /// <summary>The client can tell that its answers were broken off, and others have its place.</summary>
    [Fact]
    public async Task RefusalsThatNobodyReads_EndTheConnection_OnceTheClientHasStalled()
    {
        await using var sidecar = await StartFullAsync();
        var client = await ConnectAsync(sidecar);
        var sending = client.SendAsync(string.Concat(Enumerable.Repeat(Post(""), 20_000)));
        await sidecar.OutcomeAsync(Outcome.QueueFull, 300);
        await BlockedAsync(sidecar);
        for (var i = 0; i < 5; i++) await PassAsync(sidecar, seconds: 5);
        Assert.Equal(2, sidecar.Server.ExchangeCount);

        // The kernel may still take something at first, which counts as read.
        for (var i = 0; i < 40 && sidecar.Server.ExchangeCount > 1; i++) await PassAsync(sidecar, seconds: 5);
        Assert.Equal(1, sidecar.Server.ExchangeCount);
        await Task.WhenAny(sending);
        Assert.True((await client.ReadUntilOverAsync()).IsReset);
    }

    [Fact]
    public async Task RefusalsThatNobodyReads_EndWithTheClient()
    {
        await using var sidecar = await StartFullAsync();
        var client = await ConnectAsync(sidecar);
        var sending = client.SendAsync(string.Concat(Enumerable.Repeat(Post(""), 5000)));
        await sidecar.OutcomeAsync(Outcome.QueueFull, 300);
        await BlockedAsync(sidecar);
        client.Reset();

        await ProxyHarness.UntilAsync(() => sidecar.Server is { ConnectionCount: 1, ExchangeCount: 1 });
        await Task.WhenAny(sending);
    }

    /// <summary>
    /// All that the client has sent was read, so that a mere close would not be a reset: the client could take the part
    /// that it gets for the whole.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnswerThatCannotBeSent_IsBrokenOffByAReset(bool hasLeft)
    {
        const string TooLarge = "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n";
        await using var sidecar = await ProxyHarness.StartAsync();
        _ = ServeAsync(sidecar);
        var (room, isBlocked) = (0, false);
        for (var tries = 0; !isBlocked && tries < 200; tries++)
        {
            // How much the sockets take differs a little from one connection to the next.
            if (tries % 10 == 0) room = await RoomAsync(sidecar, hasTls: false);
            var before = sidecar.Instruments[Outcome.BodyTooLarge].Value;
            var client = await ConnectAsync(sidecar);
            await client.SendAsync(GetOf(room - 6 * (tries % 10)) + TooLarge);
            await BlockedAsync(sidecar);
            isBlocked = sidecar.Instruments[Outcome.BodyTooLarge].Value > before && sidecar.Server.ExchangeCount == 1;
            if (!isBlocked)
            {
                client.Reset();
                await sidecar.IdleAsync();
                continue;
            }
            if (hasLeft) client.EndSending();
            // The kernel may still take something at first, which counts as read.
            else for (var i = 0; i < 40 && sidecar.Server.ExchangeCount > 0; i++) await PassAsync(sidecar, seconds: 5);
            await sidecar.IdleAsync();
            Assert.True((await client.ReadUntilOverAsync()).IsReset);
        }
        Assert.True(isBlocked);
    }

    /// <summary>
    /// The answer before it fills the sockets' room to some bytes, which the 100 does not fit into: the next answer has
    /// to wait for its rest.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task InterimAnswer_BehindAFullSocket_ArrivesWhole_BeforeTheNext(bool hasTls)
    {
        await using var sidecar = await ProxyHarness.StartAsync(certificate: hasTls ? _certificate : null);
        _ = ServeAsync(sidecar);
        var room = await RoomAsync(sidecar, hasTls);
        for (var count = room + 8; count > room - 60; count -= 6)
        {
            var client = await ConnectAsync(sidecar, hasTls);
            await client.SendAsync(GetOf(count) + Expecting);
            await BlockedAsync(sidecar);
            await client.SendAsync("abc");
            await BlockedAsync(sidecar);

            Assert.EndsWith(new string('n', count), await client.ReadMessageAsync());
            Assert.Equal(Continue + Ok, await client.ReadAsync(Continue.Length + Ok.Length));
            client.Reset();
        }
    }

    /// <summary>
    /// From when it could know that its body is wanted, whether it is held or streamed. Behind one of these answers the
    /// 100 does not fit; behind the others it has come at once, and their time runs from then.
    /// </summary>
    [Theory]
    [InlineData(3)]
    [InlineData(1_000_000)]
    public async Task InterimAnswer_ReadLate_LeavesTheClientItsTime(int bodyBytes)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        _ = ServeAsync(sidecar);
        var room = 0;
        var request = Expecting.Replace("Length: 3", $"Length: {bodyBytes}", default);
        var inTime = 0;
        for (var tries = 0; inTime == 0 && tries < 200; tries++)
        {
            // How much the sockets take differs a little from one connection to the next.
            if (tries % 10 == 0) room = await RoomAsync(sidecar, hasTls: false);
            var before = sidecar.Instruments[Outcome.Completed].Value;
            var client = await ConnectAsync(sidecar);
            await client.SendAsync(GetOf(room - 6 * (tries % 10)) + request);
            await BlockedAsync(sidecar);
            if (sidecar.Instruments[Outcome.Completed].Value == before)
            {
                client.Reset();
                continue;
            }
            if (await IsServedLateAsync(sidecar, client, new string('x', bodyBytes))) inTime++;
        }
        Assert.Equal(1, inTime);
    }

    /// <summary>
    /// A record that the socket took in part has to be sent to its end, so no refusal can stand in the place of its
    /// text: here of a body that turns out to be malformed after the model server has answered.
    /// </summary>
    [Fact]
    public async Task RefusalBehindABlockedRecord_IsNotMixedWithIt()
    {
        const string Begun = "POST /long HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n50000\r\n";
        var relayed = Long.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", default);
        await using var sidecar = await ProxyHarness.StartAsync(certificate: _certificate);
        _ = ServeAsync(sidecar);
        var room = 0;
        var blocked = 0;
        for (var tries = 0; blocked == 0 && tries < 200; tries++)
        {
            if (tries % 10 == 0) room = await RoomAsync(sidecar, hasTls: true);
            // More room is left than those differences, and less than the second answer's one record takes.
            var count = room - 600 * (1 + tries % 10);
            var (completed, answers) = (sidecar.Instruments[Outcome.Completed].Value, Volatile.Read(ref _answers));
            var client = await ConnectAsync(sidecar, hasTls: true);
            await client.SendAsync($"{GetOf(count)}{Begun}{new string('x', 0x50000)}");
            await BlockedAsync(sidecar);
            if (sidecar.Instruments[Outcome.Completed].Value == completed)
            {
                client.Reset();
                await sidecar.IdleAsync();
                continue;
            }
            await ProxyHarness.UntilAsync(() => Volatile.Read(ref _answers) == answers + 2);
            await BlockedAsync(sidecar);
            await client.SendAsync("\r\nnone\r\n");
            await BlockedAsync(sidecar);
            // Of the two answers the first is through, the second neither through nor waiting any more.
            var isBroken = sidecar.Server.ExchangeCount == 0
                && sidecar.Instruments[Outcome.Completed].Value == completed + 1;

            var text = await ReadWhatComesAsync(client);
            var first = AnswerOf(count);
            var isRefused = text.StartsWith($"{first}HTTP/1.1 400 ", StringComparison.Ordinal);
            var rest = text[Math.Min(first.Length, text.Length)..];
            if (isRefused) Assert.EndsWith("\"}}\n", text);
            else Assert.True($"{first}{relayed}".StartsWith(text, StringComparison.Ordinal), $"{count}: {rest}");
            if (isBroken && !isRefused) blocked++;
        }
        Assert.Equal(1, blocked);
    }

    [Fact]
    public async Task InterimAnswer_IsNotSentToHttp10()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await sidecar.SendAsync(Expecting.Replace("HTTP/1.1", "HTTP/1.0", default));
        await ProxyHarness.UntilAsync(() => sidecar.Server.ExchangeCount == 1);
        await client.SendAsync("abc");
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync(Ok);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await client.ReadMessageAsync());
    }

    /// <summary>A body that nobody will take is not asked for.</summary>
    [Fact]
    public async Task InterimAnswer_IsNotSentBeforeARefusal()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await SendIntoTheClosingAsync(sidecar, Expecting);

        Assert.StartsWith("HTTP/1.1 503 ", await client.ReadToEndAsync());
    }

    /// <summary>Its client was told that the connection stays, and sent it in good faith.</summary>
    [Fact]
    public async Task RequestThatCameBeforeTheClosing_IsAnswered()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var client = await SendIntoTheClosingAsync(sidecar, Get);

        var answer = await client.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Contains("x-sidecar-reason: draining\r\n", answer);
    }

    /// <summary>One whose only permit is taken, and that queues nothing.</summary>
    private async Task<ProxyHarness> StartFullAsync(bool hasTls = false)
    {
        var sidecar = await ProxyHarness.StartAsync(
            limit: 1, queueLimit: 0, certificate: hasTls ? _certificate : null);
        await (await ConnectAsync(sidecar, hasTls)).SendAsync(Post());
        await sidecar.Upstream.AcceptAsync();
        return sidecar;
    }

    private static async Task<TestPeer> ConnectAsync(ProxyHarness sidecar, bool hasTls = false)
    {
        var client = await sidecar.ConnectAsync(SmallBytes);
        if (hasTls) await client.SecureAsClientAsync(new SslClientAuthenticationOptions());
        return client;
    }

    /// <summary>False where the connection has ended before.</summary>
    private static async Task<bool> IsServedLateAsync(ProxyHarness sidecar, TestPeer client, string body)
    {
        try
        {
            for (var i = 0; i < 5; i++) await PassAsync(sidecar, seconds: 5);
            // It reads on, though not so much that the 100 can follow: that gives it more time too.
            var head = await client.ReadHeadAsync();
            for (var i = 0; i < 2; i++) await PassAsync(sidecar, seconds: 5);
            await client.ReadBodyAsync(head);
            Assert.Equal(Continue, await client.ReadHeadAsync());
            for (var i = 0; i < 5; i++) await PassAsync(sidecar, seconds: 5);
            await client.SendAsync(body);
            return await client.ReadMessageAsync() == Ok;
        }
        catch (Exception ended) when (ended is SocketException or IOException)
        {
            return false;
        }
    }

    private static async Task<string> ReadWhatComesAsync(TestPeer client)
    {
        using var read = new MemoryStream();
        try
        {
            await client.Tls!.CopyToAsync(read, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // A reset, behind what was to come before it.
        }
        return System.Text.Encoding.Latin1.GetString(read.ToArray());
    }

    /// <summary>Others were served several times meanwhile, so who could go on has.</summary>
    private static async Task BlockedAsync(ProxyHarness sidecar)
    {
        for (var i = 0; i < 4; i++)
        {
            using var other = await TestPeer.ConnectAsync(sidecar.Server.EndPoint);
            if (sidecar.HasTls) await other.SecureAsClientAsync(new SslClientAuthenticationOptions());
            await other.SendAsync("nothing\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", await other.ReadMessageAsync());
        }
    }

    private static async Task PassAsync(ProxyHarness sidecar, int seconds)
    {
        sidecar.Time.Advance(TimeSpan.FromSeconds(seconds));
        await BlockedAsync(sidecar);
    }

    private static string GetOf(int count) => $"GET /{count} HTTP/1.1\r\nHost: a\r\n\r\n";

    /// <summary>The longest body that is sent whole to a client that does not read.</summary>
    private static async Task<int> RoomAsync(ProxyHarness sidecar, bool hasTls)
    {
        var (fits, doesNot) = (50_000, 4_000_000);
        while (doesNot - fits > 4)
        {
            var count = (fits + doesNot) / 2;
            var before = sidecar.Instruments[Outcome.Completed].Value;
            var client = await ConnectAsync(sidecar, hasTls);
            await client.SendAsync(GetOf(count));
            await BlockedAsync(sidecar);
            if (sidecar.Instruments[Outcome.Completed].Value > before) fits = count;
            else doesNot = count;
            client.Reset();
            await sidecar.IdleAsync();
        }
        return fits;
    }

    /// <summary>Of a client that was served once; the sidecar begins to close before it has looked at it.</summary>
    private static async Task<TestPeer> SendIntoTheClosingAsync(ProxyHarness sidecar, string request)
    {
        var client = await sidecar.SendAsync(Get);
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(Ok);
        await client.ReadMessageAsync();
        // Else a connection that is looked at in between is found idle, and closed.
        await sidecar.Time.HoldAsync();
        await client.SendAsync(request);
        sidecar.State.Draining = sidecar.State.Closing = true;
        sidecar.Time.LetGo();
        return client;
    }

    /// <summary>Answers GET with as many bytes as its path says, and POST with few, or many where it asks.</summary>
    private async Task ServeAsync(ProxyHarness sidecar)
    {
        while (true) _ = AnswerAsync(await sidecar.Upstream.AcceptAsync());
    }

    private async Task AnswerAsync(TestPeer peer)
    {
        while (true)
        {
            var request = await peer.ReadMessageAsync();
            await peer.SendAsync(request switch
            {
                _ when request.StartsWith("GET /", default) => AnswerOf(int.Parse(request[5..request.IndexOf(' ', 5)])),
                _ when request.StartsWith("POST /long ", default) => Long,
                _ => Ok,
            });
            Interlocked.Increment(ref _answers);
        }
    }

    private static string AnswerOf(int count) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n{new string('n', count)}";
}
