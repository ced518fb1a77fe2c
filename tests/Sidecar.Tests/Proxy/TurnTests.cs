using Sidecar.Primitives;
using Sidecar.Proxy;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using static Sidecar.Testing.Requests;

namespace Sidecar.Tests.Proxy;

/// <summary>What two connections of one reactor do is told by the order in which their requests end.</summary>
public sealed class TurnTests : IAsyncDisposable
{
    private const string Other = "POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

    private const int BodyBufferBytes = 32 * 1024;

    private readonly StringWriter _output = new();
    private readonly Log _log;

    public TurnTests() => _log = new Log(_output, LogLevel.Debug, LogFormat.Json, TimeProvider.System);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public void Turn_HasItsMoves_AndTheNextHasThemAnew()
    {
        using var reactor = new Reactor(new MonotonicClock(TimeProvider.System), "reactor");
        var turn = new Turn(new Signal(reactor));
        for (var i = 0; i < 2; i++)
        {
            var moves = 0;
            while (turn.TryMove()) moves++;
            Assert.Equal(Turn.MovesMax, moves);
            Assert.False(turn.TryMove());
            turn.Next();
        }
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(Turn.MoveBytes, 32)]
    [InlineData(Turn.MoveBytes + 1, 16)]
    [InlineData(4 * Turn.MoveBytes, 8)]
    [InlineData(1 << 30, 1)]
    public void Turn_EndsSooner_WhereAMoveIsLarge(int bytes, int moves)
    {
        using var reactor = new Reactor(new MonotonicClock(TimeProvider.System), "reactor");
        var turn = new Turn(new Signal(reactor));
        var count = 0;
        for (; turn.TryMove(); count++) turn.Charge(bytes);
        Assert.Equal(moves, count);
    }

    [Fact]
    public async Task PipelinedRefusals_LeaveOthersTheirTurn()
    {
        const int Count = 500;
        var places = await PlacesAsync(string.Concat(Enumerable.Repeat(Post(""), Count)), Count);

        Assert.InRange(places.Single(), 0, 3 * Turn.MovesMax);
    }

    /// <summary>
    /// Held to some 600 bytes of the bound, so that the rest is received in small pieces, of which hardly any is kept:
    /// more than a turn's moves lie ready at once.
    /// </summary>
    [Fact]
    public async Task BodyOfExtensions_LeavesOthersTheirTurn()
    {
        const string Head = "POST /flood HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        var held = BodyBufferBytes - ByteBuffer.HeadroomBytes - Head.Length - 600;
        var first = $"{held:x}\r\n{new string('x', held)}\r\n";
        var chunk = $"1;{new string('a', 248)}\r\nx\r\n";
        var places = await PlacesAsync($"{Head}{first}{string.Concat(Enumerable.Repeat(chunk, 120))}", 1);

        Assert.Equal(0, places.Single());
    }

    /// <summary>
    /// A relay that ends its turn with its last move finds nothing to move in the next: it has moved all the same.
    /// </summary>
    [Fact]
    public async Task AnswerOfJustOneTurn_CountsAsProgress()
    {
        await using var sidecar = await ProxyHarness.StartAsync(log: _log);
        var client = await sidecar.SendAsync(Post());
        var upstream = await sidecar.Upstream.AcceptAsync();
        await upstream.ReadMessageAsync();
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        await client.ReadHeadAsync();
        sidecar.Time.Advance(TimeSpan.FromSeconds(3000));
        await sidecar.Time.HoldAsync();
        var text = new string('x', Turn.MovesMax / 2 * Turn.MoveBytes);
        await upstream.SendAsync(text);
        sidecar.Time.LetGo();
        await client.ReadAsync(text.Length);
        await LookAroundAsync(sidecar);
        sidecar.Time.Advance(TimeSpan.FromSeconds(3000));
        await LookAroundAsync(sidecar);

        Assert.Equal(0, sidecar.Instruments[Outcome.UpstreamTimeout].Value);
    }

    /// <summary>
    /// How many requests of <paramref name="flood"/> had ended before one of another connection, which lay there with
    /// all of them. Each is refused, since the one permit is taken.
    /// </summary>
    private async Task<List<int>> PlacesAsync(string flood, int count)
    {
        await using var sidecar = await ProxyHarness.StartAsync(
            limit: 1, queueLimit: 0, configure: o => o with { BodyBufferBytes = BodyBufferBytes }, log: _log);
        await TakePermitAsync(sidecar);
        var (flooder, other) = (await sidecar.ConnectAsync(), await sidecar.ConnectAsync());
        await ProxyHarness.UntilAsync(() => sidecar.Server.ConnectionCount == 3);
        await LookAroundAsync(sidecar);
        await sidecar.Time.HoldAsync();
        await flooder.SendAsync(flood);
        await other.SendAsync(Other);
        sidecar.Time.LetGo();
        await sidecar.OutcomeAsync(Outcome.QueueFull, count + 1);
        await ProxyHarness.UntilAsync(() => sidecar.Server.ExchangeCount == 1);
        await _log.DisposeAsync();
        var lines = _output.ToString().Split('\n').Where(line => line.Contains("queue-full")).ToList();
        Assert.Equal(count + 1, lines.Count);
        return [.. lines.Index().Where(line => line.Item.Contains("/other")).Select(line => line.Index)];
    }

    private static async Task TakePermitAsync(ProxyHarness sidecar)
    {
        await sidecar.SendAsync(Post());
        await sidecar.Upstream.AcceptAsync();
    }

    /// <summary>The reactor serves somebody else, twice, and so has seen what there was before.</summary>
    private static async Task LookAroundAsync(ProxyHarness sidecar)
    {
        for (var i = 0; i < 2; i++)
        {
            using var other = await TestPeer.ConnectAsync(sidecar.Server.EndPoint);
            await other.SendAsync("nothing\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", await other.ReadToEndAsync());
        }
    }
}
