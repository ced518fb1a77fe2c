using Microsoft.Extensions.Time.Testing;
using Sidecar.Telemetry;

namespace Sidecar.Tests.Telemetry;

public class PacedLogTests
{
    private readonly LinesWriter _output = new();

    [Fact]
    public async Task FirstOfAReason_IsToldAtOnce_AndTheRestByOneLine()
    {
        await WriteAsync((log, paced) =>
        {
            paced.Write("plain");
            for (var i = 0; i < 4; i++) paced.Write("version");
            log.TellHeldBack();
        });

        Assert.Equal(["reason=plain  count=1", "reason=version  count=1", "reason=version  count=3"], Lines);
    }

    [Fact]
    public async Task ReasonThatGoesOn_IsOneLineATelling_AndOneThatRests_IsToldAtOnceAgain()
    {
        await WriteAsync((log, paced) =>
        {
            for (var telling = 0; telling < 3; telling++)
            {
                for (var i = 0; i < 100; i++) paced.Write("on");
                log.TellHeldBack();
            }
            log.TellHeldBack();
            paced.Write("on");
            paced.Write("off");
        });

        Assert.Equal(
            ["reason=on  count=1", "reason=on  count=99", "reason=on  count=100", "reason=on  count=100",
                "reason=on  count=1", "reason=off  count=1"],
            Lines);
    }

    [Fact]
    public async Task EndOfTheLog_TellsWhatIsHeldBack()
    {
        await WriteAsync((_, paced) =>
        {
            for (var i = 0; i < 3; i++) paced.Write("last");
        });

        Assert.Equal(["reason=last  count=1", "reason=last  count=2"], Lines);
    }

    [Fact]
    public async Task ReasonsBeyondTheBound_AreOther_UntilTheOthersRest()
    {
        await WriteAsync((log, paced) =>
        {
            for (var i = 0; i < 100; i++) paced.Write($"{i}");
            paced.Write("3");
            log.TellHeldBack();
            log.TellHeldBack();
            paced.Write("99");
        });

        var told = Enumerable.Range(0, PacedLog.ReasonsMax).Select(i => $"reason={i}  count=1");
        Assert.Equal(
            [.. told, "reason=other  count=1", "reason=3  count=1", "reason=other  count=83", "reason=99  count=1"],
            Lines);
    }

    private string[] Lines => _output.Of("failed");

    private async Task WriteAsync(Action<Log, PacedLog> write)
    {
        await using var log = new Log(_output, LogLevel.Info, LogFormat.Text, new FakeTimeProvider());
        write(log, new PacedLog(log, LogLevel.Warn, "failed"));
    }
}
