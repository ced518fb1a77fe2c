using System.Diagnostics;
using System.Net;

namespace Sidecar.IntegrationTests;

public class CommandLineTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Start_BecomesReady_AndTheHealthCheckAgrees()
    {
        var clock = Stopwatch.StartNew();
        await using var sidecar = await SidecarProcess.StartSimulatedAsync();
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.StatusAsync("/readyz") == System.Net.HttpStatusCode.OK, "/readyz");
        output.WriteLine($"from start to /readyz: {clock.ElapsedMilliseconds} ms");

        var check = await SidecarCommand.RunAsync(["healthcheck"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));
        Assert.Equal((0, "ready\n"), (check.ExitCode, check.Output));
    }

    [Fact]
    public async Task HealthCheck_WithoutASidecar_Fails()
    {
        var check = await SidecarCommand.RunAsync(["healthcheck"], ("SIDECAR_ADMIN", "127.0.0.1:1"));

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("no answer", check.Errors);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("check")]
    public async Task Faults_StopTheStart_WithOneLineEach(string command)
    {
        var run = await SidecarCommand.RunAsync(
            [command], ("SIDECAR_QUEUE_TIMEOUT", "50"), ("SIDECAR_CONCURRENCY", "automatic"));

        Assert.Equal(64, run.ExitCode);
        var lines = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("SIDECAR_QUEUE_TIMEOUT='50': ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("SIDECAR_CONCURRENCY='automatic': ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("SIDECAR_UPSTREAM='': ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_PrintsTheEffectiveConfiguration_AndWhatIsDoubtful()
    {
        var run = await SidecarCommand.RunAsync(
            ["check"], ("SIDECAR_UPSTREAM", "10.0.0.1:8001"), ("SIDECAR_QUEUE_TIMEOUT", "20s"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("SIDECAR_UPSTREAM=10.0.0.1:8001\n", run.Output);
        Assert.Contains("SIDECAR_WAIT_HORIZON=60s  (default)\n", run.Output);
        Assert.StartsWith("warning: SIDECAR_QUEUE_TIMEOUT='20s': it is under half of SIDECAR_WAIT_HORIZON", run.Errors);
    }

    [Fact]
    public async Task UnknownName_IsAFaultToCheck_AndAWarningAtTheStart()
    {
        const string told = "SIDECAR_QUEUE_LIMT is not known; did you mean SIDECAR_QUEUE_LIMIT?";
        var check = await SidecarCommand.RunAsync(
            ["check"], ("SIDECAR_UPSTREAM", "10.0.0.1:8001"), ("SIDECAR_QUEUE_LIMT", "5"));
        Assert.Equal((64, "", $"{told}\n"), (check.ExitCode, check.Output, check.Errors));

        var serve = await SidecarCommand.RunAsync(
            [], ("SIDECAR_UPSTREAM", "simulated"), ("SIDECAR_QUEUE_LIMT", "5"), ("SIDECAR_LISTEN", "192.0.2.1:1"));
        Assert.Equal(1, serve.ExitCode);
        Assert.Contains(told, serve.Output);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("check")]
    public async Task OwnListener_BehindAName_StopsTheStart(string command)
    {
        // A resolver does not mind the case; what is compared before it is asked does.
        var run = await SidecarCommand.RunAsync(
            [command], ("SIDECAR_UPSTREAM", "LOCALHOST:38000"), ("SIDECAR_LISTEN", "[::]:38000"),
            ("SIDECAR_ADMIN", "127.0.0.1:0"));

        Assert.Equal(64, run.ExitCode);
        var line = Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("SIDECAR_UPSTREAM='LOCALHOST:38000': ", line);
        Assert.EndsWith(":38000 is the sidecar's own data port", line);
    }

    [Fact]
    public async Task UnknownHost_IsAWarningToCheck_AndStopsTheStart()
    {
        const string told = "SIDECAR_UPSTREAM='no.such.host.invalid:1': the name ";
        var check = await SidecarCommand.RunAsync(["check"], ("SIDECAR_UPSTREAM", "no.such.host.invalid:1"));
        Assert.Equal(0, check.ExitCode);
        Assert.StartsWith($"warning: {told}", check.Errors);

        var serve = await SidecarCommand.RunAsync([], ("SIDECAR_UPSTREAM", "no.such.host.invalid:1"));
        Assert.Equal(1, serve.ExitCode);
        Assert.StartsWith(told, serve.Errors);
    }

    [Theory]
    [InlineData("SIDECAR_LOG_LEVEL", " ")]
    [InlineData("SIDECAR_LOG_LEVEL", "debug,info")]
    [InlineData("SIDECAR_IDLE", "99999999999999999999999h")]
    [InlineData("SIDECAR_BODY_LIMIT", "999999999999999999999999999GiB")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "/a b")]
    public async Task ValuesThatAreHardToRead_AreOneLine_ToBothCommands(string name, string value)
    {
        foreach (var command in (string[])["serve", "check"])
        {
            var run = await SidecarCommand.RunAsync([command], ("SIDECAR_UPSTREAM", "10.0.0.1:1"), (name, value));

            Assert.Equal((64, ""), (run.ExitCode, run.Output));
            Assert.StartsWith($"{name}=", Assert.Single(run.Errors.TrimEnd().Split('\n')));
        }
    }

    [Fact]
    public async Task Help_NamesEverySetting_AndAnUnknownCommandIsAFault()
    {
        var help = await SidecarCommand.RunAsync(["--help"]);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("SIDECAR_OLDEST_EVERY [16]", help.Output);
        Assert.Matches(@"^\d+\.\d+\.\d+", (await SidecarCommand.RunAsync(["--version"])).Output);
        Assert.Equal(64, (await SidecarCommand.RunAsync(["frobnicate"])).ExitCode);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("check", "--help")]
    [InlineData("serve", "--help")]
    [InlineData("healthcheck", "-h")]
    [InlineData("drain", "--help")]
    public async Task QuestionsThatPeopleAsk_AreAnswered(params string[] arguments)
    {
        var (code, output, errors) = await SidecarCommand.RunAsync(arguments);

        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(arguments is ["version"] ? @"^\d+\.\d+\.\d+" : "usage: sidecar", output);
    }

    [Fact]
    public async Task TakenPort_IsOneClearLine()
    {
        await using var sidecar = await SidecarProcess.StartSimulatedAsync();
        var second = await SidecarCommand.RunAsync(
            [], ("SIDECAR_UPSTREAM", "10.0.0.1:8001"), ("SIDECAR_LISTEN", $"{sidecar.Data}"),
            ("SIDECAR_ADMIN", "127.0.0.1:0"));

        Assert.Equal((1, $"SIDECAR_LISTEN='{sidecar.Data}': in use by another process\n"),
            (second.ExitCode, second.Errors));
        var third = await SidecarCommand.RunAsync(
            [], ("SIDECAR_UPSTREAM", "10.0.0.1:8001"), ("SIDECAR_LISTEN", "127.0.0.1:0"),
            ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));
        Assert.Equal((1, $"SIDECAR_ADMIN='{sidecar.Admin.EndPoint}': in use by another process\n"),
            (third.ExitCode, third.Errors));
    }

    [Theory]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData(">/dev/full")]
    public async Task Commands_DoNotAbort_WhereAStreamTakesNothing(string redirection)
    {
        foreach (var command in (string[])["check", "--help", "--version", "frobnicate", "serve"])
        {
            var run = await SidecarCommand.RunInShellAsync(
                $"exec \"$0\" {command} {redirection}",
                ("SIDECAR_UPSTREAM", "10.0.0.1:1"), ("SIDECAR_LISTEN", "192.0.2.1:1"));

            Assert.True(run.ExitCode is 0 or 1 or 64, $"{command} {redirection}: {run.ExitCode}");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(31)]
    public async Task TooFewDescriptors_AreOneClearLine(int count)
    {
        var run = await SidecarCommand.RunInShellAsync(
            $"ulimit -n {count}; exec \"$0\"",
            ("SIDECAR_UPSTREAM", "simulated"), ("SIDECAR_LISTEN", "127.0.0.1:0"), ("SIDECAR_ADMIN", "127.0.0.1:0"));

        Assert.Equal((1, $"sidecar: at most {count} files may be open; at least 32 are needed\n"),
            (run.ExitCode, run.Errors));
    }
}
