using System.Diagnostics;
using System.Globalization;
using System.Net;
using Sidecar.Testing;

namespace Sidecar.Trials;

/// <summary>Two sidecars behind HAProxy, drained and started again in turn under constant load.</summary>
internal sealed class RollingTrial(
    string binary, int rounds, int perSecond, TextWriter output, HaproxyOptions? options = null,
    string drainDelay = "2s")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Names = ["sidecar-1", "sidecar-2"];

    private readonly HaproxyOptions _options = options ?? new HaproxyOptions();
    private readonly (IPEndPoint Data, IPEndPoint Admin)[] _ports =
        [(Ports.Free(), Ports.Free()), (Ports.Free(), Ports.Free())];

    internal int Sent { get; private set; }

    internal int Failed { get; private set; }

    /// <summary>True when no request failed and every sidecar ended with code 0.</summary>
    internal async Task<bool> RunAsync()
    {
        using var server = new TrialServer();
        return await RunAsync(server.EndPoint);
    }

    /// <param name="server">What both sidecars send to.</param>
    internal async Task<bool> RunAsync(IPEndPoint server)
    {
        var sidecars = new SidecarProcess?[2];
        try
        {
            for (var i = 0; i < 2; i++) sidecars[i] = await StartAsync(server, i);
            output.WriteLine($"{sidecars[0]!.Settings}, all else as it comes");
            await using var haproxy = await Haproxy.StartAsync(_ports, _options);
            return await RollAsync(server, haproxy, sidecars);
        }
        finally
        {
            foreach (var sidecar in sidecars)
            {
                if (sidecar is not null) await sidecar.DisposeAsync();
            }
        }
    }

    private async Task<bool> RollAsync(IPEndPoint server, Haproxy haproxy, SidecarProcess?[] sidecars)
    {
        using var stop = new CancellationTokenSource();
        var load = new RollingLoad(haproxy.Clients, perSecond, output);
        var running = load.RunAsync(stop.Token);
        var isGood = true;
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < 2; i++)
            {
                var clock = Stopwatch.StartNew();
                var down = haproxy.UntilAsync(Names[i], "DOWN").ContinueWith(
                    _ => clock.Elapsed, TaskScheduler.Default);
                // As a hook before the stop runs it.
                var drain = await SidecarCommand.RunAsync(
                    binary, ["drain"], ("SIDECAR_ADMIN", $"{sidecars[i]!.Admin.EndPoint}"));
                var code = await sidecars[i]!.ExitAsync();
                var drained = clock.Elapsed;
                isGood &= (drain.ExitCode, code) == (0, 0);
                await sidecars[i]!.DisposeAsync();
                sidecars[i] = await StartAsync(server, i);
                var unrouted = await down;
                await haproxy.UntilAsync(Names[i], "UP");
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"round {round + 1}, {Names[i]}: down for HAProxy after {unrouted.TotalSeconds:F2} s, ended ")
                    + string.Create(CultureInfo.InvariantCulture,
                        $"after {drained.TotalSeconds:F2} s with code {code}, up again after ")
                    + string.Create(CultureInfo.InvariantCulture,
                        $"{clock.Elapsed.TotalSeconds:F2} s; {load.Sent} requests so far, {load.Failed} failed"));
            }
        }
        await stop.CancelAsync();
        await running;
        (Sent, Failed) = (load.Sent, load.Failed);
        await ReportAsync(haproxy, load);
        return isGood && Failed == 0 && Sent > 0;
    }

    private async Task ReportAsync(Haproxy haproxy, RollingLoad load)
    {
        foreach (var name in Names)
            output.WriteLine($"{name}: {await haproxy.FieldAsync(name, "stot")} requests, "
                + $"{await haproxy.FieldAsync(name, "econ")} connections failed, "
                + $"{await haproxy.FieldAsync(name, "wretr")} tried again, "
                + $"{await haproxy.FieldAsync(name, "wredis")} sent elsewhere");
        foreach (var fault in haproxy.Faults.Take(20)) output.WriteLine($"  HAProxy: {fault}");
        output.WriteLine($"{load.Sent} requests on {load.Connections} connections, {load.Streams} of them streams: "
            + $"{load.Failed} failed");
    }

    private async Task<SidecarProcess> StartAsync(IPEndPoint server, int index)
    {
        var (data, admin) = _ports[index];
        var sidecar = await SidecarProcess.StartAsync(binary, $"{server}",
        [
            ("SIDECAR_LISTEN", $"{data}"), ("SIDECAR_ADMIN", $"{admin}"), ("SIDECAR_CONCURRENCY", "64"),
            ("SIDECAR_DRAIN_DELAY", drainDelay), ("SIDECAR_DRAIN_TIMEOUT", "15s"),
        ]);
        await AdminClient.UntilAsync(
            async () => await sidecar.Admin.StatusAsync("/readyz") == HttpStatusCode.OK, "a sidecar that is ready");
        return sidecar;
    }
}
