using System.Net;
using System.Net.Sockets;
using Sidecar.Admin;
using Sidecar.Admission;
using Sidecar.Http.Requests;
using Sidecar.Proxy;
using Sidecar.Scheduling.Orders;
using Sidecar.Telemetry;
using Sidecar.Workloads;

namespace Sidecar.Configuration;

/// <summary>
/// Reads all settings at once, so that every fault is told at the first start. No value makes it throw. Beside its
/// source it reads the files that are named, and asks the kernel which addresses are this machine's.
/// </summary>
public static class SettingsReader
{
    private const string Prefix = "SIDECAR_";
    private const int ThreadsAutoMax = 4, ThreadsMax = 64;
    private const long KiB = 1 << 10, MiB = 1 << 20;

    /// <summary>What Kubernetes injects for a Service that is called sidecar; none of it is meant for us.</summary>
    private static readonly string[] ForeignPrefixes = ["SIDECAR_SERVICE_", "SIDECAR_PORT"];

    public static SettingsReading Read(ISettingSource source)
    {
        var values = new SettingValues(source);
        var settings = ReadAll(values);
        CheckTogether(values, settings);
        return new SettingsReading(
            values.Faults.Count == 0 ? settings : null, values.Faults, [.. Unknown(source)],
            [.. Warnings(values, settings)]);
    }

    /// <summary>The admin port alone, for commands that ask a running sidecar.</summary>
    public static IPEndPoint ReadAdmin(ISettingSource source, out IReadOnlyList<string> faults)
    {
        var values = new SettingValues(source);
        var admin = values.IpEndPoint("SIDECAR_ADMIN");
        faults = values.Faults;
        return admin;
    }

    /// <summary>The line of a fault that only the start can find, in the form of all others.</summary>
    public static string FaultLine(ISettingSource source, string name, string reason) =>
        new SettingValues(source).LineOf(name, reason);

    /// <summary>Each setting with the value in force, as it would be set.</summary>
    public static IEnumerable<(Variable Variable, string Value, bool IsSet)> Effective(ISettingSource source)
    {
        var values = new SettingValues(source);
        return Variables.All.Select(variable => (variable, values.Text(variable.Name), values.IsSet(variable.Name)));
    }

    private static SidecarSettings ReadAll(SettingValues values)
    {
        // Both the registry and the score reckon with it.
        var rateWindowTicks = values.Ticks("SIDECAR_RATE_WINDOW", TimeSpan.TicksPerSecond, TimeSpan.TicksPerDay);
        var settings = ReadAll(values, rateWindowTicks);
        var halfLifeTicks = settings.Gate.Score.WaitHorizonTicks;
        return settings with { Workloads = settings.Workloads with { AverageHalfLifeTicks = halfLifeTicks } };
    }

    private static SidecarSettings ReadAll(SettingValues values, long rateWindowTicks) => new()
    {
        Listen = values.EndPoint("SIDECAR_LISTEN"),
        Admin = values.IpEndPoint("SIDECAR_ADMIN"),
        Upstream = UpstreamSetting.Read(values),
        HealthPath = HealthUrl.ReadPath(values),
        UpstreamKey = KeyFile.Read(values, "SIDECAR_UPSTREAM_KEY_FILE"),
        UpstreamTlsHost = UpstreamSetting.TlsHost(values.Text(UpstreamSetting.Name)),
        UpstreamAuthoritiesFile = values.File("SIDECAR_UPSTREAM_CA_FILE"),
        CertificateFile = values.File("SIDECAR_TLS_CERT"),
        CertificateKeyFile = values.File("SIDECAR_TLS_KEY"),
        Threads = Threads(values),
        ConnectTimeoutTicks = values.Ticks("SIDECAR_CONNECT_TIMEOUT", TimeSpan.TicksPerMillisecond),
        UpstreamIdleTicks = values.Ticks("SIDECAR_UPSTREAM_IDLE"),
        ResponseTimeoutTicks = values.Ticks("SIDECAR_RESPONSE_TIMEOUT", TimeSpan.TicksPerMillisecond),
        Proxy = ReadProxy(values),
        Gate = ReadGate(values, rateWindowTicks),
        Workloads = new WorkloadOptions
        {
            Limit = values.Whole("SIDECAR_WORKLOAD_LIMIT", 1, 1_000_000),
            IdleTicks = values.Ticks("SIDECAR_WORKLOAD_IDLE"),
            RateWindowTicks = rateWindowTicks,
            AverageAlpha = values.Number("SIDECAR_EMA_ALPHA", double.Epsilon, 1),
        },
        Simulated = new SimulatedSettings(
            values.Whole("SIDECAR_SIMULATED_SLOTS", 1, 1024),
            values.Whole("SIDECAR_SIMULATED_TOKENS_PER_SECOND", 1, 1_000_000),
            values.Whole("SIDECAR_SIMULATED_SEED", 0, 1_000_000)),
        DrainDelay = TimeSpan.FromTicks(values.Ticks("SIDECAR_DRAIN_DELAY", 0, TimeSpan.TicksPerDay)),
        DrainTimeout = TimeSpan.FromTicks(values.Ticks("SIDECAR_DRAIN_TIMEOUT", 0, TimeSpan.TicksPerDay)),
        LogLevel = values.Choice<LogLevel>("SIDECAR_LOG_LEVEL"),
        LogFormat = values.Choice<LogFormat>("SIDECAR_LOG_FORMAT"),
    };

    private static ProxyOptions ReadProxy(SettingValues values) => new()
    {
        HeadLimitBytes = (int)values.Bytes("SIDECAR_HEAD_LIMIT", KiB, MiB),
        BodyLimitBytes = values.Bytes("SIDECAR_BODY_LIMIT"),
        BodyBufferBytes = (int)values.Bytes("SIDECAR_BODY_BUFFER", 32 * KiB, 64 * MiB),
        BodyMemoryBytes = values.Bytes("SIDECAR_BODY_MEMORY"),
        HeadTimeoutTicks = values.Ticks("SIDECAR_HEAD_TIMEOUT", TimeSpan.TicksPerMillisecond),
        ClientStallTicks = values.Ticks("SIDECAR_CLIENT_STALL", TimeSpan.TicksPerMillisecond),
        IdleTicks = values.Ticks("SIDECAR_IDLE", TimeSpan.TicksPerMillisecond),
        Resends = values.IsOn("SIDECAR_RESEND"),
        ConnectionLimit = values.Whole("SIDECAR_CONNECTION_LIMIT", 1, 1_000_000),
        DefaultCriticality = values.Whole(
            "SIDECAR_DEFAULT_CRITICALITY", WorkloadContext.CriticalityMin, WorkloadContext.CriticalityMax),
        ContextFieldName = ContextFieldName(values),
        BypassPaths = BypassSetting.Read(values),
    };

    private static GateOptions ReadGate(SettingValues values, long rateWindowTicks) => new(
        Concurrency(values),
        values.Whole("SIDECAR_QUEUE_LIMIT", 0, 1_000_000),
        values.Ticks("SIDECAR_QUEUE_TIMEOUT", TimeSpan.TicksPerMillisecond),
        values.Whole("SIDECAR_OLDEST_EVERY", 0, 1_000_000),
        new ScoreOptions
        {
            WeightWait = values.Number("SIDECAR_WEIGHT_WAIT", 0, 10),
            WeightCriticality = values.Number("SIDECAR_WEIGHT_CRITICALITY", 0, 10),
            WeightRate = values.Number("SIDECAR_WEIGHT_RATE", 0, 10),
            WaitHorizonTicks = values.Ticks("SIDECAR_WAIT_HORIZON", TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerDay),
            RateCeilingPerSecond = values.Number("SIDECAR_RATE_CEILING", 0.001, 1_000_000),
            RateWindowTicks = rateWindowTicks,
        });

    private static void CheckTogether(SettingValues values, SidecarSettings settings)
    {
        if (settings.Upstream is { } upstream)
        {
            if (UpstreamSetting.IsOwn(upstream, settings.Listen))
                values.Fault(UpstreamSetting.Name, "this is the sidecar's own data port");
            if (UpstreamSetting.IsOwn(upstream, settings.Admin))
                values.Fault(UpstreamSetting.Name, "this is the sidecar's own admin port");
        }
        if (settings.Listen is IPEndPoint { Port: not 0 } listen && listen.Port == settings.Admin.Port)
            values.Fault("SIDECAR_ADMIN", "the port is SIDECAR_LISTEN's");
        if (settings.Listen is UnixDomainSocketEndPoint && settings.CertificateFile is not null)
            values.Fault("SIDECAR_TLS_CERT", "a Unix socket is not encrypted");
        TlsSettings.Check(values, settings);
        if (settings.DrainDelay > settings.DrainTimeout)
            values.Fault("SIDECAR_DRAIN_DELAY",
                $"it is part of {values.Told("SIDECAR_DRAIN_TIMEOUT")} and cannot be longer");
    }

    /// <summary>What is allowed, and probably not meant.</summary>
    private static IEnumerable<string> Warnings(SettingValues values, SidecarSettings settings)
    {
        const string timeout = "SIDECAR_QUEUE_TIMEOUT", horizon = "SIDECAR_WAIT_HORIZON";
        if (values.Faults.Count > 0) yield break;
        if (settings.Gate.QueueTimeoutTicks < settings.Gate.Score.WaitHorizonTicks / 2)
            yield return values.LineOf(timeout, $"it is under half of {horizon} ({values.Text(horizon)}): "
                + "requests time out before their wait weighs as much as it may");
        if (AdminAddresses.LacksLoopback(settings.Admin))
            yield return values.LineOf("SIDECAR_ADMIN", "with port 0 it is not on loopback too: neither "
                + "'sidecar healthcheck' nor 'sidecar drain' can reach it; give it a port");
    }

    private static IEnumerable<string> Unknown(ISettingSource source)
    {
        var known = Variables.All.Select(variable => variable.Name).ToHashSet();
        var unknown = source.Names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)
            && !known.Contains(name) && !ForeignPrefixes.Any(name.StartsWith));
        foreach (var name in unknown.Order(StringComparer.Ordinal))
        {
            // What all have in common makes none of them likely.
            var nearest = NearestName.Find(name[Prefix.Length..], known.Select(one => one[Prefix.Length..]));
            yield return nearest is null
                ? $"{name} is not known"
                : $"{name} is not known; did you mean {Prefix}{nearest}?";
        }
    }

    private static int Concurrency(SettingValues values)
    {
        const string name = "SIDECAR_CONCURRENCY";
        if (!values.Is(name, "auto")) return values.Whole(name, 0, 100_000);
        values.Fault(name, "a limit that finds itself comes later; give a number, such as the model server's slots");
        return 0;
    }

    private static int Threads(SettingValues values)
    {
        const string name = "SIDECAR_THREADS";
        return values.Is(name, "auto")
            ? Math.Min(ThreadsAutoMax, Environment.ProcessorCount)
            : values.Whole(name, 1, ThreadsMax);
    }

    private static string ContextFieldName(SettingValues values)
    {
        const string name = "SIDECAR_CONTEXT_HEADER";
        if (!RequestHeadOptions.IsContextFieldName(values.Text(name))) values.Fault(name);
        return values.Text(name);
    }
}
