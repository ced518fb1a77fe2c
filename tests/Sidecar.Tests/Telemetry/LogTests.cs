using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Telemetry;

namespace Sidecar.Tests.Telemetry;

public class LogTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

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

        Assert.Equal("03:04:05.000 error broken  error=System.IO.IOException: a b", Assert.Single(lines));
    }

    [Fact]
    public async Task LesserLevels_AreLeftOut() =>
        Assert.Empty(await WriteAsync(LogFormat.Text, log => log.Write(LogLevel.Debug, "detail")));

    [Fact]
    public async Task FullQueue_DropsAndCounts_RatherThanWait()
    {
        var output = new StringWriter();
        var log = new Log(output, LogLevel.Info, LogFormat.Text, Time);
        await log.DisposeAsync();
        log.Info("late");

        Assert.Equal(1, log.DroppedCount.Value);
    }

    private static async Task<string[]> WriteAsync(LogFormat format, Action<Log> write)
    {
        var output = new StringWriter();
        await using (var log = new Log(output, LogLevel.Info, format, Time)) write(log);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
