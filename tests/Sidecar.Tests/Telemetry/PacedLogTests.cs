using Microsoft.Extensions.Time.Testing;
using Sidecar.Telemetry;

namespace Sidecar.Tests.Telemetry;

public class PacedLogTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public async Task OneLineASecond_TellsHowManyItStandsFor()
    {
        var output = new StringWriter();
        await using (var log = new Log(output, LogLevel.Info, LogFormat.Text, new FakeTimeProvider()))
        {
            var line = new PacedLog(log, LogLevel.Warn, "failed");
            line.Write(0, "first");
            for (var i = 1; i < 1000; i++) line.Write(i, "unwritten");
            line.Write(Second, "second");
            line.Write(2 * Second - 1, "unwritten");
            line.Write(3 * Second, "third");
        }
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            ["reason=first  count=1", "reason=second  count=1000", "reason=third  count=2"],
            lines.Select(line => line[line.IndexOf("reason", StringComparison.Ordinal)..]));
    }
}
