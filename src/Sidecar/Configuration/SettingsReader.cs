using System.Net;
using System.Net.Sockets;
using Sidecar.Admin;
using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Engines.Limits;
using Sidecar.Proxy;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Configuration;

/// <summary>
/// Reads all settings at once, so that every fault is told at the first start. No value makes it throw. Beside its
/// source it reads the files that are named, and asks the kernel which addresses are this machine's.
/// </summary>
public static class SettingsReader
{
    private const string Prefix = "SIDECAR_";

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
        var admin = values.Of(Settings.Admin);
        faults = values.Faults;
        return admin;
    }

    /// <summary>The line of a fault that only the start can find, in the form of all others.</summary>
    public static string FaultLine(ISettingSource source, Setting setting, string reason) =>
        new SettingValues(source).LineOf(setting, reason);

    /// <summary>Each setting with the value in force, as it would be set.</summary>
    public static IEnumerable<(Setting Setting, string Value, bool IsSet)> Effective(ISettingSource source)
    {
        var values = new SettingValues(source);
        return Settings.All.Select(setting => (setting, values.Text(setting), values.IsSet(setting)));
    }

    private static SidecarSettings ReadAll(SettingValues values)
    {
        var upstream = values.Of(Settings.Upstream);
        var score = ReadScore(values);
        var limit = values.Of(Settings.Concurrency);
        var bounds = new LimitBounds(values.Of(Settings.ConcurrencyMin), values.Of(Settings.ConcurrencyMax));
        return new SidecarSettings
        {
            Listen = values.Of(Settings.Listen),
            Admin = values.Of(Settings.Admin),
            Upstream = upstream?.EndPoint,
            HealthPath = values.Of(Settings.UpstreamHealth),
            UpstreamKey = values.Of(Settings.UpstreamKeyFile),
            UpstreamTlsHost = upstream?.TlsHost,
            UpstreamAuthoritiesFile = values.Of(Settings.UpstreamAuthoritiesFile),
            CertificateFile = values.Of(Settings.Certificate),
            CertificateKeyFile = values.Of(Settings.CertificateKey),
            Threads = values.Of(Settings.Threads),
            ConnectTimeoutTicks = values.Of(Settings.ConnectTimeout),
            UpstreamIdleTicks = values.Of(Settings.UpstreamIdle),
            ResponseTimeoutTicks = values.Of(Settings.ResponseTimeout),
            Proxy = ReadProxy(values),
            Gate = new GateOptions(
                limit ?? bounds.Min, values.Of(Settings.QueueLimit), values.Of(Settings.QueueTimeout),
                values.Of(Settings.OldestEvery), score)
            {
                Plan = new GatePlan(
                    values.Of(Settings.Mode), values.Of(Settings.Policy), values.Of(Settings.EnforcePercent)),
            },
            LimitBounds = limit is null ? bounds : null,
            Workloads = new WorkloadOptions
            {
                Limit = values.Of(Settings.WorkloadLimit),
                IdleTicks = values.Of(Settings.WorkloadIdle),
                RateWindowTicks = score.RateWindowTicks,
                AverageAlpha = values.Of(Settings.AverageAlpha),
                AverageHalfLifeTicks = score.WaitHorizonTicks,
            },
            Simulated = new SimulatedSettings(
                values.Of(Settings.SimulatedSlots), values.Of(Settings.SimulatedTokensPerSecond),
                values.Of(Settings.SimulatedSeed)),
            StallAfter = TimeSpan.FromTicks(values.Of(Settings.StallAfter)),
            StallTurnsReadiness = values.Of(Settings.StallReadiness),
            DrainDelay = TimeSpan.FromTicks(values.Of(Settings.DrainDelay)),
            DrainTimeout = TimeSpan.FromTicks(values.Of(Settings.DrainTimeout)),
            LogLevel = values.Of(Settings.LogLevel),
            LogFormat = values.Of(Settings.LogFormat),
        };
    }

    private static ProxyOptions ReadProxy(SettingValues values) => new()
    {
        HeadLimitBytes = (int)values.Of(Settings.HeadLimit),
        BodyLimitBytes = values.Of(Settings.BodyLimit),
        BodyBufferBytes = (int)values.Of(Settings.BodyBuffer),
        BodyMemoryBytes = values.Of(Settings.BodyMemory),
        HeadTimeoutTicks = values.Of(Settings.HeadTimeout),
        ClientStallTicks = values.Of(Settings.ClientStall),
        IdleTicks = values.Of(Settings.Idle),
        Resends = values.Of(Settings.Resend),
        ConnectionLimit = values.Of(Settings.ConnectionLimit),
        DefaultCriticality = values.Of(Settings.DefaultCriticality),
        ContextFieldName = values.Of(Settings.ContextHeader),
        BypassPaths = values.Of(Settings.Bypass),
    };

    private static ScoreOptions ReadScore(SettingValues values) => new()
    {
        WeightWait = values.Of(Settings.WeightWait),
        WeightCriticality = values.Of(Settings.WeightCriticality),
        WeightRate = values.Of(Settings.WeightRate),
        WaitHorizonTicks = values.Of(Settings.WaitHorizon),
        RateCeilingPerSecond = values.Of(Settings.RateCeiling),
        RateWindowTicks = values.Of(Settings.RateWindow),
    };

    private static void CheckTogether(SettingValues values, SidecarSettings settings)
    {
        if (settings.Upstream is { } upstream)
        {
            if (OwnListener.IsPlainly(upstream, settings.Listen))
                values.Fault(Settings.Upstream, "this is the sidecar's own data port");
            if (OwnListener.IsPlainly(upstream, settings.Admin))
                values.Fault(Settings.Upstream, "this is the sidecar's own admin port");
        }
        if (settings.Listen is IPEndPoint { Port: not 0 } listen && listen.Port == settings.Admin?.Port)
            values.Fault(Settings.Admin, "the port is SIDECAR_LISTEN's");
        if (settings.Listen is UnixDomainSocketEndPoint && settings.CertificateFile is not null)
            values.Fault(Settings.Certificate, "a Unix socket is not encrypted");
        if (values.AreFine(Settings.ConcurrencyMin, Settings.ConcurrencyMax)
            && values.Of(Settings.ConcurrencyMin) > values.Of(Settings.ConcurrencyMax))
            values.Fault(Settings.ConcurrencyMin, $"it is above {values.Told(Settings.ConcurrencyMax)}");
        TlsSettings.Check(values, settings);
        if (values.AreFine(Settings.DrainDelay, Settings.DrainTimeout) && settings.DrainDelay > settings.DrainTimeout)
            values.Fault(Settings.DrainDelay,
                $"it is part of {values.Told(Settings.DrainTimeout)} and cannot be longer");
    }

    /// <summary>What is allowed, and probably not meant.</summary>
    private static IEnumerable<string> Warnings(SettingValues values, SidecarSettings settings)
    {
        if (values.Faults.Count > 0) yield break;
        if (settings.Gate.QueueTimeoutTicks < settings.Gate.Score.WaitHorizonTicks / 2)
            yield return values.LineOf(Settings.QueueTimeout,
                $"it is under half of {Settings.WaitHorizon.Name} ({values.Text(Settings.WaitHorizon)}): "
                + "requests time out before their wait weighs as much as it may");
        if (AdminAddresses.LacksLoopback(settings.Admin))
            yield return values.LineOf(Settings.Admin, "with port 0 it is not on loopback too: neither "
                + "'sidecar healthcheck' nor 'sidecar drain' can reach it; give it a port");
    }

    private static IEnumerable<string> Unknown(ISettingSource source)
    {
        var known = Settings.All.Select(setting => setting.Name).ToHashSet();
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
}
