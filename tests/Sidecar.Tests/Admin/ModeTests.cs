using System.Net;
using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

/// <summary>How the admin port tells the gate's plan, and changes it.</summary>
public class ModeTests
{
    [Fact]
    public async Task Mode_IsToldAndChanged_OneThingOrAll()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);

        Assert.Equal("mode=enforce policy=workload-aware enforce_percent=100\n",
            await AdminHarness.TextAsync(client, "/mode"));
        Assert.Equal((200, "mode=enforce policy=workload-aware enforce_percent=0\n"),
            await PostAsync(client, "/mode?enforce_percent=0"));
        Assert.Equal((200, "mode=shadow policy=criticality enforce_percent=7\n"),
            await PostAsync(client, "/mode?mode=Shadow&policy=CRITICALITY&enforce_percent=7"));
        Assert.Equal(new GatePlan(GateMode.Shadow, GatePolicy.Criticality, 7), sidecar.Gate.Plan);

        var page = Exposition.Parse(await AdminHarness.TextAsync(client, "/metrics"));
        Assert.Equal((1d, 0d), (page["sidecar_mode{mode=\"shadow\"}"], page["sidecar_mode{mode=\"enforce\"}"]));
        Assert.Equal((1d, 7d), (page["sidecar_policy{policy=\"criticality\"}"], page["sidecar_enforce_percent"]));
        Assert.Equal(2, page["sidecar_mode_changes_total"]);
        Assert.Equal(0, page["sidecar_shadow_gain_seconds{criticality=\"5\"}"]);
    }

    [Theory]
    [InlineData("/mode", "nothing to change: mode, policy or enforce_percent in the query\n")]
    [InlineData("/mode?mode=on", "mode='on': accepted is off, shadow, enforce\n")]
    [InlineData("/mode?mode=", "mode='': accepted is off, shadow, enforce\n")]
    [InlineData("/mode?mode=off&mode=shadow", "mode='off,shadow': accepted is off, shadow, enforce\n")]
    [InlineData("/mode?mode=off&policy=lifo", "policy='lifo': accepted is workload-aware, fcfs, criticality\n")]
    [InlineData("/mode?enforce_percent=101", "enforce_percent='101': accepted is a whole number from 0 to 100\n")]
    [InlineData("/mode?enforce_percent=-1", "enforce_percent='-1': accepted is a whole number from 0 to 100\n")]
    [InlineData("/mode?enforce=1", "enforce is not known: mode, policy or enforce_percent\n")]
    public async Task WhatIsNoMode_Is400AndChangesNothing(string path, string told)
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);

        Assert.Equal((400, told), await PostAsync(client, path));
        Assert.Equal(new GatePlan(), sidecar.Gate.Plan);
    }

    [Fact]
    public async Task WebPage_ChangesNothing()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        client.DefaultRequestHeaders.Add("Origin", "http://evil.example");

        Assert.Equal(403, (await PostAsync(client, "/mode?mode=off")).Status);
        Assert.Equal(new GatePlan(), sidecar.Gate.Plan);
        using var put = await client.PutAsync("/mode?mode=off", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, put.StatusCode);
    }

    [Fact]
    public async Task Queue_TellsTheModeAndWhatTheShadowSaw()
    {
        await using var sidecar = await ProxyHarness.StartAsync(limit: 1);
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        await PostAsync(client, "/mode?mode=shadow");
        await sidecar.SendAsync(Requests.Of("runs", 3));
        await sidecar.Upstream.AcceptAsync();

        using var json = System.Text.Json.JsonDocument.Parse(await AdminHarness.TextAsync(client, "/debug/queue"));
        Assert.Equal("shadow", json.RootElement.GetProperty("mode").GetString());
        var third = json.RootElement.GetProperty("shadow")[2];
        Assert.Equal((3, 1), (third.GetProperty("criticality").GetInt32(), third.GetProperty("requests").GetInt32()));
    }

    private static async Task<(int Status, string Text)> PostAsync(HttpClient client, string path)
    {
        using var answer = await client.PostAsync(path, null, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
