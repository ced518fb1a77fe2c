using System.Net;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests;

public class DrainTests
{
    private const string StreamBegins = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

    [Fact]
    public async Task Termination_LetsAStreamEnd_AndExitsWithSuccess()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var client = await sidecar.SendAsync(Post("{}"));
        var arrival = await upstream.NextAsync();
        await arrival.AnswerAsync(StreamBegins);
        await client.ReadThroughAsync("abc\r\n");

        sidecar.Terminate();
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_draining") == 1, "the drain");
        await arrival.AnswerAsync("2\r\nde\r\n0\r\n\r\n");
        Assert.Equal("2\r\nde\r\n0\r\n\r\n", await client.ReadToEndAsync());
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task TimeoutOfTheDrain_CutsWhatIsLeft_AndSaysSo()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"), ("SIDECAR_DRAIN_TIMEOUT", "100ms"));
        var client = await sidecar.SendAsync(Post("{}"));
        await upstream.NextAsync();

        sidecar.Terminate();
        Assert.Equal(1, await sidecar.ExitAsync());
        var (answer, isReset) = await client.ReadUntilOverAsync();
        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.Contains("x-sidecar-reason: draining\r\n", answer);
        Assert.False(isReset, "An answered client's connection was reset.");
    }

    [Theory]
    [InlineData("TERM", "TERM", 143)]
    [InlineData("INT", "INT", 130)]
    [InlineData("TERM", "INT", 130)]
    [InlineData("QUIT", "TERM", 143)]
    [InlineData("TERM", "QUIT", 131)]
    public async Task SecondSignal_EndsAtOnce(string first, string second, int exitCode)
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint,
            ("SIDECAR_DRAIN_DELAY", "10m"), ("SIDECAR_DRAIN_TIMEOUT", "10m"));
        var client = await sidecar.SendAsync(Post("{}"));
        await upstream.NextAsync();

        sidecar.Send(first);
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_draining") == 1, "the drain");
        sidecar.Send(second);
        Assert.Equal(exitCode, await sidecar.ExitAsync());
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task FirstSignal_JoinsADrainThatSomebodyElseHasBegun()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var client = await sidecar.SendAsync(Post("{}"));
        var arrival = await upstream.NextAsync();
        var command = SidecarCommand.RunAsync(["drain"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.MetricAsync("sidecar_draining") == 1, "the drain");

        sidecar.Terminate();
        await arrival.AnswerAsync();
        Assert.Contains("200 OK", await client.ReadToEndAsync());
        Assert.Equal((0, "drained\n"), ((await command).ExitCode, (await command).Output));
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task EmbeddedModelServer_HasNobodyToWaitFor()
    {
        await using var sidecar = await SidecarProcess.StartAsync(new IPEndPoint(IPAddress.None, 0),
            ("SIDECAR_UPSTREAM", "simulated"), ("SIDECAR_DRAIN_DELAY", "10m"), ("SIDECAR_DRAIN_TIMEOUT", "10m"));

        sidecar.Send("INT");
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Theory]
    [InlineData(">/dev/full")]
    [InlineData(">&-")]
    [InlineData(">&- 2>&-")]
    public async Task OutputThatCannotBeWritten_EndsNothing(string redirection)
    {
        using var upstream = new InstantUpstream();
        upstream.Release();
        await using var sidecar = await SidecarProcess.StartRedirectedAsync(
            redirection, upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var client = await sidecar.SendAsync(Post("{}"));
        Assert.Contains("200 OK", await client.ReadMessageAsync());

        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task OutputThatNobodyReads_DoesNotHoldUpTheEnd_AndLinesAreCounted()
    {
        // More than the 64 KiB that a pipe holds.
        const int requests = 400, targetLength = 400;
        using var upstream = new InstantUpstream();
        upstream.Release();
        await using var sidecar = await SidecarProcess.StartRedirectedAsync(
            "", upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"), ("SIDECAR_LOG_LEVEL", "debug"));
        var client = await sidecar.ConnectAsync();
        for (var i = 0; i < requests; i++)
        {
            await client.SendAsync($"GET /{new string('q', targetLength)} HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadMessageAsync();
        }

        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitAsync());
        Assert.Matches(@"^sidecar: \d+ lines of the log were not written\n$", await sidecar.ErrorsAsync());
    }

    [Fact]
    public async Task DrainCommand_FailsWhereRequestsWereCut_AndTellsHowMany()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"), ("SIDECAR_DRAIN_TIMEOUT", "100ms"));
        for (var i = 0; i < 2; i++)
        {
            await sidecar.SendAsync(Post("{}"));
            await upstream.NextAsync();
        }

        var run = await SidecarCommand.RunAsync(["drain"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));
        Assert.Equal((1, "", "sidecar: drained, 2 requests were cut\n"), run);
        Assert.Equal(1, await sidecar.ExitAsync());
    }

    [Fact]
    public async Task DrainCommand_EndsWhenTheSidecarHasDrained()
    {
        using var upstream = new ScriptedUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(upstream.EndPoint, ("SIDECAR_DRAIN_DELAY", "0s"));
        var run = await SidecarCommand.RunAsync(["drain"], ("SIDECAR_ADMIN", $"{sidecar.Admin.EndPoint}"));

        Assert.Equal((0, "drained\n"), (run.ExitCode, run.Output));
        Assert.Equal(0, await sidecar.ExitAsync());
    }
}
