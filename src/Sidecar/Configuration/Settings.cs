using System.Net;
using Sidecar.Admission;
using Sidecar.Admission.Plans;
using Sidecar.Configuration.Values;
using Sidecar.Telemetry;
using Sidecar.Workloads;
using static Sidecar.Configuration.Values.ValueKinds;

namespace Sidecar.Configuration;

/// <summary>
/// All settings, each told once: the reading, <c>check</c>, <c>--help</c> and the README's table follow from here.
/// </summary>
public static class Settings
{
    private const string Pem = " in PEM form";
    private const int CountMax = 1_000_000;

    private static readonly List<Setting> Table = [];
    private static readonly ValueKind<double> Weight = Number(0, 10);

    public static readonly TypedSetting<EndPoint> Listen = Add(
        "SIDECAR_LISTEN", "[::]:8000", ListenAddress.IpOrUnix, "data port; without IPv6 0.0.0.0:8000");
    public static readonly TypedSetting<UpstreamUrl> Upstream = Add(
        "SIDECAR_UPSTREAM", "", UpstreamUrl.Kind, "the model server");
    public static readonly TypedSetting<string?> UpstreamHealth = Add(
        "SIDECAR_UPSTREAM_HEALTH", "/health", HealthPath.Kind,
        "health path of the model server; connect: a connection that is accepted is health");
    public static readonly TypedSetting<string?> UpstreamKeyFile = Add(
        "SIDECAR_UPSTREAM_KEY_FILE", "", KeyFile.Kind, "file with the bearer token for the health path");
    public static readonly TypedSetting<string?> UpstreamAuthoritiesFile = Add(
        "SIDECAR_UPSTREAM_CA_FILE", "", File(Pem),
        "who is trusted to vouch for an https:// upstream; without it, whom the machine trusts");
    public static readonly TypedSetting<string?> Certificate = Add(
        "SIDECAR_TLS_CERT", "", File(Pem),
        "certificate of the data port, with those between it and the root; read again when it changes");
    public static readonly TypedSetting<string?> CertificateKey = Add(
        "SIDECAR_TLS_KEY", "", File($"{Pem}, not encrypted"), "private key of that certificate");

    public static readonly TypedSetting<IPEndPoint> Admin = Add(
        "SIDECAR_ADMIN", "[::]:9464", ListenAddress.Ip,
        "admin port: health, metrics, queue; without IPv6 0.0.0.0:9464");
    public static readonly TypedSetting<int> Threads = Add("SIDECAR_THREADS", "auto", Threads(64), "socket threads");
    public static readonly TypedSetting<int?> Concurrency = Add(
        "SIDECAR_CONCURRENCY", "auto", Concurrency(100_000),
        "requests in flight to the model server; 0: no limit; auto: as many as it works on");
    public static readonly TypedSetting<int> ConcurrencyMin = Add(
        "SIDECAR_CONCURRENCY_MIN", "1", Whole(1, 100_000), "least that auto goes to");
    public static readonly TypedSetting<int> ConcurrencyMax = Add(
        "SIDECAR_CONCURRENCY_MAX", "1024", Whole(1, 100_000), "most that auto goes to");

    public static readonly TypedSetting<GateMode> Mode = Add(
        "SIDECAR_MODE", "enforce", Choice<GateMode>(GatePlanNames.Modes),
        "off: no queue and no limit; shadow: by arrival, and the policy's gain is reported; enforce: by the policy");
    public static readonly TypedSetting<int> EnforcePercent = Add(
        "SIDECAR_ENFORCE_PERCENT", "100", Whole(0, 100),
        "with enforce: of a hundred dispatches, how many follow the policy; the others take the oldest");
    public static readonly TypedSetting<GatePolicy> Policy = Add(
        "SIDECAR_POLICY", "workload-aware", Choice<GatePolicy>(GatePlanNames.Policies),
        "who goes next: by the score, by arrival, or by criticality alone");

    public static readonly TypedSetting<int> QueueLimit = Add(
        "SIDECAR_QUEUE_LIMIT", "5000", Whole(0, CountMax), "queued requests; past it 429");
    public static readonly TypedSetting<long> QueueTimeout = Add(
        "SIDECAR_QUEUE_TIMEOUT", "50s", Time("1ms"), "longest time in the queue; past it 503");
    public static readonly TypedSetting<long> BodyBuffer = Add(
        "SIDECAR_BODY_BUFFER", "1MiB", Bytes("32KiB", "64MiB"),
        "how much of one waiting request is held; used in powers of two");
    public static readonly TypedSetting<long> BodyMemory = Add(
        "SIDECAR_BODY_MEMORY", "256MiB", Bytes(), "how much of all waiting requests is held beyond 16KiB each");
    public static readonly TypedSetting<int> OldestEvery = Add(
        "SIDECAR_OLDEST_EVERY", "16", Whole(0, CountMax),
        "every n-th dispatch takes the oldest request, whatever its score; 0: never");

    public static readonly TypedSetting<double> WeightWait = Add(
        "SIDECAR_WEIGHT_WAIT", "0.4", Weight, "weight of the wait in the score");
    public static readonly TypedSetting<double> WeightCriticality = Add(
        "SIDECAR_WEIGHT_CRITICALITY", "0.4", Weight, "weight of the criticality in the score");
    public static readonly TypedSetting<double> WeightRate = Add(
        "SIDECAR_WEIGHT_RATE", "0.2", Weight, "weight of the request rate in the score; it counts against");
    public static readonly TypedSetting<long> WaitHorizon = Add(
        "SIDECAR_WAIT_HORIZON", "60s", Time("1ms", "24h"),
        "the wait that counts as 1; the average of an idle workload halves in it");
    public static readonly TypedSetting<double> RateCeiling = Add(
        "SIDECAR_RATE_CEILING", "10", Number(0.001, CountMax), "the requests per second that count as 1");
    public static readonly TypedSetting<double> AverageAlpha = Add(
        "SIDECAR_EMA_ALPHA", "0.2", Number(double.Epsilon, 1, "a number above 0, up to 1"),
        "weight of the newest wait in a workload's average");
    public static readonly TypedSetting<long> RateWindow = Add(
        "SIDECAR_RATE_WINDOW", "60s", Time("1s", "24h"), "sliding window of the request rate, in 60 buckets");

    public static readonly TypedSetting<long> WorkloadIdle = Add(
        "SIDECAR_WORKLOAD_IDLE", "5m", Time("0s"), "when an inactive workload is forgotten; looked at every 10 s");
    public static readonly TypedSetting<int> WorkloadLimit = Add(
        "SIDECAR_WORKLOAD_LIMIT", "10000", Whole(1, CountMax), "most workloads tracked");

    public static readonly TypedSetting<string> ContextHeader = Add(
        "SIDECAR_CONTEXT_HEADER", "X-Workload-Context", ContextField, "field that carries workload and criticality");
    public static readonly TypedSetting<int> DefaultCriticality = Add(
        "SIDECAR_DEFAULT_CRITICALITY", "3", Whole(WorkloadContext.CriticalityMin, WorkloadContext.CriticalityMax),
        "criticality where none is given");
    public static readonly TypedSetting<string[]> Bypass = Add(
        "SIDECAR_BYPASS", BypassPaths.Engines, BypassPaths.Kind,
        "POST paths that never queue, or none; other methods never do; engines: those that count and control");

    public static readonly TypedSetting<long> ConnectTimeout = Add(
        "SIDECAR_CONNECT_TIMEOUT", "2s", Time("1ms"), "connecting to the model server");
    public static readonly TypedSetting<long> ResponseTimeout = Add(
        "SIDECAR_RESPONSE_TIMEOUT", "1h", Time("1ms"), "to the first response byte, and between bytes");
    public static readonly TypedSetting<long> UpstreamIdle = Add(
        "SIDECAR_UPSTREAM_IDLE", "4s", Time("0s"), "longest rest of a pooled connection (uvicorn closes at 5s)");

    public static readonly TypedSetting<long> HeadLimit = Add(
        "SIDECAR_HEAD_LIMIT", "64KiB", Bytes("1KiB", "1MiB"), "longest head; past it 431");
    public static readonly TypedSetting<long> BodyLimit = Add(
        "SIDECAR_BODY_LIMIT", "1GiB", Bytes(), "longest request body; past it 413");
    public static readonly TypedSetting<int> ConnectionLimit = Add(
        "SIDECAR_CONNECTION_LIMIT", "10000", Whole(1, CountMax),
        "client connections; at the limit the longest idle one closes");
    public static readonly TypedSetting<long> HeadTimeout = Add(
        "SIDECAR_HEAD_TIMEOUT", "10s", Time("1ms"), "from a head's first byte to its last; past it 408");
    public static readonly TypedSetting<long> ClientStall = Add(
        "SIDECAR_CLIENT_STALL", "30s", Time("1ms"), "no byte of an awaited body read, or of an answer taken");
    public static readonly TypedSetting<long> Idle = Add(
        "SIDECAR_IDLE", "65m", Time("1ms"), "between two requests of a connection");
    public static readonly TypedSetting<bool> Resend = Add(
        "SIDECAR_RESEND", "on", Switch,
        "send once more what met a resting connection just as the model server closed it");

    public static readonly TypedSetting<long> StallAfter = Add(
        "SIDECAR_STALL_AFTER", "60s", Time("0s", "24h"),
        "streams awaited and no byte or token for so long: the model server is told to be stuck; 0: never");
    public static readonly TypedSetting<bool> StallReadiness = Add(
        "SIDECAR_STALL_READINESS", "off", Switch, "a stuck model server is not ready");

    public static readonly TypedSetting<long> DrainDelay = Add(
        "SIDECAR_DRAIN_DELAY", "5s", Time("0s", "24h", ", within the drain timeout"),
        "all is still served, before the port closes");
    public static readonly TypedSetting<long> DrainTimeout = Add(
        "SIDECAR_DRAIN_TIMEOUT", "25s", Time("0s", "24h"), "longest drain, the delay included");

    public static readonly TypedSetting<LogLevel> LogLevel = Add(
        "SIDECAR_LOG_LEVEL", "info", Choice<LogLevel>(), "least level that is written");
    public static readonly TypedSetting<LogFormat> LogFormat = Add(
        "SIDECAR_LOG_FORMAT", "json", Choice<LogFormat>(), "form of the log's lines");

    public static readonly TypedSetting<int> SimulatedSlots = Add(
        "SIDECAR_SIMULATED_SLOTS", "8", Whole(1, 1024), "simulated model server: sequences at once");
    public static readonly TypedSetting<int> SimulatedTokensPerSecond = Add(
        "SIDECAR_SIMULATED_TOKENS_PER_SECOND", "40", Whole(1, CountMax),
        "simulated model server: tokens of one sequence alone");
    public static readonly TypedSetting<int> SimulatedSeed = Add(
        "SIDECAR_SIMULATED_SEED", "1", Whole(0, CountMax), "simulated model server: texts and lengths");

    /// <summary>In the order in which people are shown them.</summary>
    public static IReadOnlyList<Setting> All => Table;

    private static TypedSetting<T> Add<T>(string name, string @default, ValueKind<T> kind, string meaning)
    {
        var setting = new TypedSetting<T>(name, @default, kind, meaning);
        Table.Add(setting);
        return setting;
    }
}
