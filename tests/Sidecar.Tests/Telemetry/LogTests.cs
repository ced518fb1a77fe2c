using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Telemetry;

public class LogTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public async Task Json_IsOneObjectALine()
    {
        var lines = await WriteAsync(LogFormat.Json, log => log.Info("started", ("try", "curl -d '{\"a\":1}'\n")));
        var line = Assert.Single(lines);

        using var json = JsonDocument.Parse(line);
        Assert.Equal("started", json.RootElement.GetProperty("event").GetString());
        Assert.Equal("info", json.RootElement.GetProperty("level").GetString());
        Assert.Equal("curl -d '{\"a\":1}'\n", json.RootElement.GetProperty("try").GetString());
        Assert.Contains("curl -d '{\\\"a", line);
    }

    [Fact]
    public async Task Text_IsOneReadableLine()
    {
        var lines = await WriteAsync(LogFormat.Text, log => log.Error("broken", new IOException("a\nb")));

        Assert.Equal("03:04:05.000 error broken  error=\"System.IO.IOException: a\\nb\"", Assert.Single(lines));
    }

    [Fact]
    public async Task LesserLevels_AreLeftOut() =>
        Assert.Empty(await WriteAsync(LogFormat.Text, log => log.Write(LogLevel.Debug, "detail")));

    [Fact]
    public async Task FullQueue_DropsAndCounts_RatherThanWait()
    {
        const int count = 2000;
        using var output = new BlockedWriter();
        var log = new Log(output, LogLevel.Info, LogFormat.Json, _time);
        for (var i = 0; i < count; i++) log.Info("long", ("target", new string('x', 64 * 1024)));

        // 4 MiB hold 256 lines of 8 KiB characters.
        Assert.InRange(log.DroppedCount.Value, count - 400, count - 200);
        output.Release();
        await log.DisposeAsync();
        Assert.Equal(count, log.DroppedCount.Value + output.LineCount);
    }

    [Fact]
    public void PoolWithoutAFreeThread_HoldsUpNoLine()
    {
        using var output = new SignallingWriter();
        // Not disposed: whoever waits may wake later than this test ends.
        var release = new ManualResetEventSlim();
        var log = new Log(output, LogLevel.Info, LogFormat.Text, _time);
        // Far more than the pool adds within the patience of this test.
        for (var i = 0; i < 256; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(CancellationToken.None), null);
        try
        {
            for (var i = 0; i < 3; i++)
            {
                log.Info("line");
                var isWritten = output.Written.Wait(TimeSpan.FromSeconds(3), CancellationToken.None);
                Assert.True(isWritten, $"Line {i} waits for the pool.");
                output.Written.Reset();
            }
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public async Task OutputThatTakesNothing_HoldsUpTheEnd_ForASecondOnly()
    {
        using var output = new BlockedWriter();
        var log = new Log(output, LogLevel.Info, LogFormat.Json, _time);
        for (var i = 0; i < 3; i++) log.Info("unwritten");

        var ending = log.DisposeAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await ending.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(3, log.DroppedCount.Value);
    }

    [Fact]
    public async Task OutputThatFails_IsCounted_AndTriedAgain()
    {
        var output = new FailingWriter();
        var log = new Log(output, LogLevel.Info, LogFormat.Text, _time);
        log.Info("lost");
        await ProxyHarness.UntilAsync(() => log.DroppedCount.Value > 0);
        output.Fails = false;
        log.Info("found");
        await log.DisposeAsync();

        Assert.Equal(1, log.DroppedCount.Value);
        Assert.Contains("found", output.ToString());
    }

    [Fact]
    public async Task AfterTheEnd_LinesAreCounted()
    {
        var log = new Log(new StringWriter(), LogLevel.Info, LogFormat.Text, _time);
        await log.DisposeAsync();
        log.Info("late");

        Assert.Equal(1, log.DroppedCount.Value);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\"")]
    [InlineData("\u001b")]
    [InlineData("\u00e4")]
    [InlineData("\U0001f600")]
    [InlineData("\U0001f600xyz")]
    public async Task LongValues_AreCut_AndTheLineIsWhole(string text)
    {
        var value = string.Concat(Enumerable.Repeat(text, 64 * 1024));
        var json = Assert.Single(await WriteAsync(LogFormat.Json, log => log.Info("a", ("b", value), ("c", value))));
        var plain = Assert.Single(await WriteAsync(LogFormat.Text, log => log.Info("a", ("b", value), ("c", value))));

        Assert.InRange(Encoding.UTF8.GetByteCount(json), 1000, 8 * 1024);
        Assert.InRange(Encoding.UTF8.GetByteCount(plain), 1000, 8 * 1024);
        using var read = JsonDocument.Parse(json);
        Assert.EndsWith("...", read.RootElement.GetProperty("b").GetString());
        Assert.Equal("...", read.RootElement.GetProperty("c").GetString());
    }

    /// <summary>What a client names itself must neither speak to a terminal nor add to the line.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("/v1/chat?x,{}", "/v1/chat?x,{}")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("x  status=500", "\"x  status=500\"")]
    [InlineData("\"\\", @"""\""\\""")]
    [InlineData("a\u001b[31mred", @"""a\x1b[31mred""")]
    [InlineData("\0\t\r\n\u007f\u0085\u009b", @"""\x00\x09\x0d\n\x7f\x85\x9b""")]
    [InlineData("\u202a\u202e\u2066\u2069\u2028\u2029", @"""\u202a\u202e\u2066\u2069\u2028\u2029""")]
    [InlineData("\u00ad\ue000\U000e0041", @"""\xad\ue000\udb40\udc41""")]
    [InlineData("\u00e4 \u65e5\u672c \U0001f600", "\"\u00e4 \u65e5\u672c \U0001f600\"")]
    public async Task Values_AreQuoted_AndEscaped(string value, string written)
    {
        var text = Assert.Single(await WriteAsync(LogFormat.Text, log => log.Info("a", ("b", value), ("c", "d"))));
        var json = Assert.Single(await WriteAsync(LogFormat.Json, log => log.Info("a", ("b", value), ("c", "d"))));

        Assert.Equal($"03:04:05.000 info  a  b={written}  c=d", text);
        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", json);
        using var read = JsonDocument.Parse(json);
        Assert.Equal(value, read.RootElement.GetProperty("b").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", read.RootElement.GetProperty("ts").GetString());
    }

    [Theory]
    [InlineData(LogFormat.Json)]
    [InlineData(LogFormat.Text)]
    public async Task ValueThatIsNoText_IsReplaced(LogFormat format)
    {
        var half = new string((char)0xd83d, 1);
        var line = Assert.Single(await WriteAsync(format, log => log.Info("a", ("b", $"{half}x"))));

        Assert.Contains("\"\ufffdx\"", line);
    }

    [Fact]
    public async Task TextForPeople_IsLeftToTheTextFormat()
    {
        Assert.Equal(["two", "lines"], await WriteAsync(LogFormat.Text, log => Assert.True(log.TrySay("two\nlines"))));
        Assert.Empty(await WriteAsync(LogFormat.Json, log => Assert.False(log.TrySay("two\nlines"))));
    }

    private async Task<string[]> WriteAsync(LogFormat format, Action<Log> write)
    {
        var output = new StringWriter();
        await using (var log = new Log(output, LogLevel.Info, format, _time)) write(log);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
