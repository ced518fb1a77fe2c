using System.Diagnostics;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

public class CommandLineTests(ITestOutputHelper output)
{
    [Fact]
    public async Task TheAnnouncedCurlLine_PrintsTokensAsTheyCome()
    {
        await using var sidecar = await SidecarProcess.StartSimulatedAsync();
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{sidecar.Attempt} --silent");
        using var curl = Process.Start(start)!;

        var first = await curl.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("data: {", first);
        // The answer is not over: what was printed is its first token, as it came.
        Assert.Equal(1, await sidecar.Admin.MetricAsync("sidecar_in_flight"));
        var rest = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("data: [DONE]", rest.TrimEnd());
    }

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
            [command], ("SIDECAR_QUEUE_TIMEOUT", "50"), ("SIDECAR_CONCURRENCY", "auto"));

        Assert.Equal(64, run.ExitCode);
        var lines = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("SIDECAR_QUEUE_TIMEOUT='50': ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("SIDECAR_CONCURRENCY='auto': ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("SIDECAR_UPSTREAM='': ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_PrintsTheEffectiveConfiguration_AndWarnsOfUnknownNames()
    {
        var run = await SidecarCommand.RunAsync(
            ["check"], ("SIDECAR_UPSTREAM", "10.0.0.1:8001"), ("SIDECAR_QUEUE_LIMT", "5"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("SIDECAR_UPSTREAM=10.0.0.1:8001\n", run.Output);
        Assert.Contains("SIDECAR_QUEUE_TIMEOUT=50s  (default)\n", run.Output);
        Assert.Contains("SIDECAR_QUEUE_LIMT is not known; did you mean SIDECAR_QUEUE_LIMIT?", run.Errors);
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

    [Fact]
    public async Task TakenPort_IsOneClearLine()
    {
        await using var sidecar = await SidecarProcess.StartSimulatedAsync();
        var second = await SidecarCommand.RunAsync(
            [], ("SIDECAR_UPSTREAM", "10.0.0.1:8001"), ("SIDECAR_LISTEN", $"{sidecar.Data}"),
            ("SIDECAR_ADMIN", "127.0.0.1:0"));

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"listening on {sidecar.Data}: Address already in use", second.Errors);
    }
}
