using System.Net;
using Sidecar.Admin;
using Sidecar.Primitives;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

/// <summary>The admin port of a data plane in this process.</summary>
internal static class AdminHarness
{
    internal static Task<AdminServer> StartAsync(
        ProxyHarness sidecar, Func<Task<int>>? drain = null, IPEndPoint? listen = null) => AdminServer.StartAsync(
        listen ?? new IPEndPoint(IPAddress.Loopback, 0), Sources(sidecar), drain ?? (() => Task.FromResult(0)));

    internal static AdminSources Sources(ProxyHarness sidecar) => new(
        sidecar.Gate, sidecar.Engine, sidecar.Workloads, sidecar.Instruments, sidecar.State, sidecar.Server,
        new MonotonicClock(sidecar.Time), Log.Silent);

    internal static HttpClient Client(AdminServer admin) => new() { BaseAddress = new Uri($"http://{admin.EndPoint}") };

    internal static Task<HttpResponseMessage> GetAsync(HttpClient client, string path) =>
        client.GetAsync(path, TestContext.Current.CancellationToken);

    internal static Task<string> TextAsync(HttpClient client, string path) =>
        client.GetStringAsync(path, TestContext.Current.CancellationToken);
}
