using System.Net;
using System.Net.Sockets;
using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The orderly end, with clients in every state: streaming, queued, idle, within a head.</summary>
public class DrainTests
{
    private const string StreamBegins = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    private const string Signal = "SIGTERM", Command = "sidecar drain", Request = "POST /drain";

    [Theory]
    [InlineData(Signal)]
    [InlineData(Command)]
    [InlineData(Request)]
    public async Task LetsEverythingEnd_ThatWasBegun(string way)
    {
        await using var scene = await FaultScene.StartAsync(
            ("SIDECAR_DRAIN_DELAY", "3s"), ("SIDECAR_DRAIN_TIMEOUT", "60s"));
        var (kept, idle) = (await ServedAsync(scene), await ServedAsync(scene));
        var (streaming, arrival) = await scene.BeginAsync(Post("streaming"));
        await arrival.AnswerAsync(StreamBegins);
        await streaming.ReadThroughAsync("abc\r\n");
        var queued = new List<TestPeer>();
        for (var i = 0; i < 3; i++) queued.Add(await scene.Sidecar.SendAsync(Post($"queued {i}")));
        await scene.Sidecar.Admin.QueuedAsync(3);
        var midHead = await scene.Sidecar.SendAsync("POST /v1/completions HTTP/1.1\r\n");

        var asked = AskAsync(scene, way);
        await AdminClient.UntilAsync(
            async () => await scene.Sidecar.Admin.MetricAsync("sidecar_draining") == 1, "the drain");
        await AssertServedWithCloseAsync(scene, kept);
        await AssertServedWithCloseAsync(scene, await scene.Sidecar.ConnectAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await scene.Sidecar.Admin.StatusAsync("/readyz"));
        Assert.Equal(HttpStatusCode.OK, await scene.Sidecar.Admin.StatusAsync("/healthz"));

        await AdminClient.UntilAsync(() => IsRefusedAsync(scene), "a closed port");
        Assert.Equal(("", false), await idle.ReadUntilOverAsync());
        await midHead.SendAsync("Host: a\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("x-sidecar-reason: draining\r\n", await midHead.ReadToEndAsync());
        await arrival.AnswerAsync("2\r\nde\r\n0\r\n\r\n");
        Assert.Equal(("2\r\nde\r\n0\r\n\r\n", false), await streaming.ReadUntilOverAsync());
        for (var i = 0; i < queued.Count; i++)
        {
            var next = await scene.Upstream.NextAsync();
            Assert.Equal($"queued {i}", next.Body);
            await next.AnswerAsync();
            var (answer, isReset) = await queued[i].ReadUntilOverAsync();
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
            Assert.Contains("Connection: close\r\n", answer);
            Assert.False(isReset, "The connection of a served request was reset.");
        }
        Assert.Equal(0, await scene.Sidecar.ExitAsync());
        Assert.Equal(way == Signal ? "" : "drained\n", await asked);
    }

    /// <summary>One that streams for ever and one that still waits: both are cut, and can tell.</summary>
    [Theory]
    [InlineData(StreamBegins)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc\r\n")]
    public async Task WhatNeverEnds_IsCutAtTheTimeout_AndCounted(string begun)
    {
        await using var scene = await FaultScene.StartAsync(
            ("SIDECAR_DRAIN_DELAY", "0s"), ("SIDECAR_DRAIN_TIMEOUT", "1s"));
        var (streaming, arrival) = await scene.BeginAsync(Post("endless"));
        await arrival.AnswerAsync(begun);
        await streaming.ReadThroughAsync("abc\r\n");
        var queued = await scene.Sidecar.SendAsync(Post("queued"));
        await scene.Sidecar.Admin.QueuedAsync(1);

        scene.Sidecar.Terminate();
        Assert.Equal(1, await scene.Sidecar.ExitAsync());
        var line = await scene.Sidecar.LoggedAsync("drain-timed-out");
        Assert.Equal("2", line.GetProperty("cut").GetString());
        var (rest, isReset) = await streaming.ReadUntilOverAsync();
        Assert.Equal("", rest);
        // Only what is framed by its end looks whole when that end is orderly.
        var isFramed = begun.Contains("Transfer-Encoding") || begun.Contains("Content-Length");
        Assert.True(isFramed || isReset, "An answer without a length was cut, and its client shown an orderly end.");
        var (refusal, wasReset) = await queued.ReadUntilOverAsync();
        Assert.StartsWith("HTTP/1.1 503 ", refusal);
        Assert.Contains("x-sidecar-reason: draining\r\n", refusal);
        Assert.False(wasReset, "An answered client's connection was reset.");
        await arrival.Closed.WaitAsync(FaultScene.Patience, TestContext.Current.CancellationToken);
    }

    private static async Task<string> AskAsync(FaultScene scene, string way)
    {
        switch (way)
        {
            case Signal:
                scene.Sidecar.Terminate();
                return "";
            case Command:
                var admin = $"{scene.Sidecar.Admin.EndPoint}";
                var run = await SidecarCommand.RunAsync(["drain"], ("SIDECAR_ADMIN", admin));
                return run.ExitCode == 0 ? run.Output : $"exit code {run.ExitCode}: {run.Errors}";
            default:
                using (var http = new HttpClient())
                using (var answer = await http.PostAsync(new Uri($"http://{scene.Sidecar.Admin.EndPoint}/drain"), null))
                    return await answer.Content.ReadAsStringAsync();
        }
    }

    /// <summary>A kept-alive connection that has had one request.</summary>
    private static async Task<TestPeer> ServedAsync(FaultScene scene)
    {
        var (client, arrival) = await scene.BeginAsync(Post("before"));
        await arrival.AnswerAsync();
        Assert.DoesNotContain("Connection: close", await client.ReadMessageAsync());
        return client;
    }

    /// <summary>What never queues, since the one permit is taken.</summary>
    private static async Task AssertServedWithCloseAsync(FaultScene scene, TestPeer client)
    {
        await client.SendAsync(Get);
        await (await scene.Upstream.NextAsync()).AnswerAsync();
        var (answer, isReset) = await client.ReadUntilOverAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("Connection: close\r\n", answer);
        Assert.False(isReset, "The connection of a served request was reset.");
    }

    private static async Task<bool> IsRefusedAsync(FaultScene scene)
    {
        try
        {
            using var client = await TestPeer.ConnectAsync(scene.Sidecar.Data);
            return false;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }
}
