using Sidecar.IntegrationTests.Harness;
using static Sidecar.Testing.Requests;

namespace Sidecar.IntegrationTests.Faults;

/// <summary>The model server says nothing more, and keeps its connection; or it is merely slow.</summary>
public class ModelServerSilenceTests
{
    // Long enough for the request that follows the fault to be answered on a busy machine.
    private static readonly (string, string) Timeout = ("SIDECAR_RESPONSE_TIMEOUT", "1s");

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task BeforeTheHeadEnds_Is504(string said)
    {
        await using var scene = await FaultScene.StartAsync(Timeout);
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        if (said != "") await arrival.AnswerAsync(said);
        if (said.Contains(" 103 ")) Assert.StartsWith("HTTP/1.1 103 ", await client.ReadHeadAsync());

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 504 ", answer);
        Assert.Contains("x-sidecar-reason: upstream-timeout\r\n", answer);
        await scene.OutcomeAsync("upstream-timeout");
        await scene.AssertCleanAsync(arrival);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nabc")]
    public async Task WithinTheBody_ResetsTheClient(string begun)
    {
        await using var scene = await FaultScene.StartAsync(Timeout);
        var (client, arrival) = await scene.BeginAsync(Post("fault"));
        await arrival.AnswerAsync(begun);
        await client.ReadThroughAsync("abc");

        Assert.Equal(("", true), await client.ReadUntilOverAsync());
        await scene.OutcomeAsync("upstream-timeout");
        await scene.AssertCleanAsync(arrival);
    }

    /// <summary>Each byte comes within the timeout, all of them take longer.</summary>
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "abcdef")]
    [InlineData("", "HTTP/1")]
    public async Task SlowBytes_AreAllRelayed(string begun, string slow)
    {
        await using var scene = await FaultScene.StartAsync(("SIDECAR_RESPONSE_TIMEOUT", "2s"));
        var (client, arrival) = await scene.BeginAsync(Post("slow"));
        await arrival.AnswerAsync(begun);
        // Its pace is what makes it slow; nothing is awaited by it.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        foreach (var octet in slow)
        {
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await arrival.AnswerAsync($"{octet}");
        }
        if (begun == "") await arrival.AnswerAsync(".1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef");

        var answer = await client.ReadMessageAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.EndsWith("abcdef", answer);
        await scene.OutcomeAsync("completed");
        await scene.AssertCleanAsync();
    }
}
