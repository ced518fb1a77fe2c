namespace Sidecar.Configuration;

/// <summary>
/// The one table of all settings: it drives the reading, <c>check</c>, <c>--help</c> and the README's table.
/// </summary>
public static class Variables
{
    private const string Time = "a time with a unit, such as 250ms, 60s, 5m or 1h";
    private const string Size = "a size with a unit, such as 32KiB, 1MiB or 1GiB";
    private const string FromNothing = ", from 0s to 1000000h", FromAMillisecond = ", from 1ms to 1000000h";
    private const string AnySize = Size + ", from 0B to 1000000GiB";
    private const string Weight = "a number from 0 to 10";
    private const string File = "a file that can be read";
    private const string EndPoint = "ADDRESS:PORT, such as 127.0.0.1:8000 or [::]:8000; port 0 takes a free one";

    public static IReadOnlyList<Variable> All { get; } =
    [
        new("SIDECAR_LISTEN", "[::]:8000", EndPoint + "; or unix:/path", "data port; without IPv6 0.0.0.0:8000"),
        new("SIDECAR_UPSTREAM", "",
            "host:port, http://host:port, https://host:port, unix:/path, or simulated; a port is 1 to 65535",
            "the model server"),
        new("SIDECAR_UPSTREAM_HEALTH", "/health", "a path that begins with /, as a URL has it, or connect",
            "health path of the model server; connect: a connection that is accepted is health"),
        new("SIDECAR_UPSTREAM_KEY_FILE", "", File,
            "file with the bearer token for the health path"),
        new("SIDECAR_UPSTREAM_CA_FILE", "", File + " in PEM form",
            "who is trusted to vouch for an https:// upstream; without it, whom the machine trusts"),
        new("SIDECAR_TLS_CERT", "", File + " in PEM form",
            "certificate of the data port, with those between it and the root; read again when it changes"),
        new("SIDECAR_TLS_KEY", "", File + " in PEM form, not encrypted", "private key of that certificate"),
        new("SIDECAR_ADMIN", "[::]:9464", EndPoint, "admin port: health, metrics, queue; without IPv6 0.0.0.0:9464"),
        new("SIDECAR_THREADS", "auto", "auto (the smaller of 4 and the cores), or 1 to 64", "socket threads"),
        new("SIDECAR_CONCURRENCY", "64", "a whole number from 0 to 100000",
            "requests in flight to the model server; 0: no limit"),
        new("SIDECAR_QUEUE_LIMIT", "5000", "a whole number from 0 to 1000000", "queued requests; past it 429"),
        new("SIDECAR_QUEUE_TIMEOUT", "50s", Time + FromAMillisecond, "longest time in the queue; past it 503"),
        new("SIDECAR_BODY_BUFFER", "1MiB", Size + ", from 32KiB to 64MiB",
            "how much of one waiting request is held; used in powers of two"),
        new("SIDECAR_BODY_MEMORY", "256MiB", AnySize, "how much of all waiting requests is held beyond 16KiB each"),
        new("SIDECAR_OLDEST_EVERY", "16", "a whole number from 0 to 1000000",
            "every n-th dispatch takes the oldest request, whatever its score; 0: never"),
        new("SIDECAR_WEIGHT_WAIT", "0.4", Weight, "weight of the wait in the score"),
        new("SIDECAR_WEIGHT_CRITICALITY", "0.4", Weight, "weight of the criticality in the score"),
        new("SIDECAR_WEIGHT_RATE", "0.2", Weight, "weight of the request rate in the score; it counts against"),
        new("SIDECAR_WAIT_HORIZON", "60s", Time + ", from 1ms to 24h",
            "the wait that counts as 1; the average of an idle workload halves in it"),
        new("SIDECAR_RATE_CEILING", "10", "a number from 0.001 to 1000000", "the requests per second that count as 1"),
        new("SIDECAR_EMA_ALPHA", "0.2", "a number above 0, up to 1",
            "weight of the newest wait in a workload's average"),
        new("SIDECAR_RATE_WINDOW", "60s", Time + ", from 1s to 24h",
            "sliding window of the request rate, in 60 buckets"),
        new("SIDECAR_WORKLOAD_IDLE", "5m", Time + FromNothing,
            "when an inactive workload is forgotten; looked at every 10 s"),
        new("SIDECAR_WORKLOAD_LIMIT", "10000", "a whole number from 1 to 1000000", "most workloads tracked"),
        new("SIDECAR_CONTEXT_HEADER", "X-Workload-Context", "a field name that has no other meaning here",
            "field that carries workload and criticality"),
        new("SIDECAR_DEFAULT_CRITICALITY", "3", "a whole number from 1 to 5", "criticality where none is given"),
        new("SIDECAR_BYPASS", "/tokenize,/detokenize",
            "paths with commas between, or none; a trailing * makes a prefix",
            "POST paths that never queue, or none; other methods never do"),
        new("SIDECAR_CONNECT_TIMEOUT", "2s", Time + FromAMillisecond, "connecting to the model server"),
        new("SIDECAR_RESPONSE_TIMEOUT", "1h", Time + FromAMillisecond, "to the first response byte, and between bytes"),
        new("SIDECAR_UPSTREAM_IDLE", "4s", Time + FromNothing,
            "longest rest of a pooled connection (uvicorn closes at 5s)"),
        new("SIDECAR_HEAD_LIMIT", "64KiB", Size + ", from 1KiB to 1MiB", "longest head; past it 431"),
        new("SIDECAR_BODY_LIMIT", "1GiB", AnySize, "longest request body; past it 413"),
        new("SIDECAR_CONNECTION_LIMIT", "10000", "a whole number from 1 to 1000000",
            "client connections; at the limit the longest idle one closes"),
        new("SIDECAR_HEAD_TIMEOUT", "10s", Time + FromAMillisecond,
            "from a head's first byte to its last; past it 408"),
        new("SIDECAR_CLIENT_STALL", "30s", Time + FromAMillisecond,
            "no byte of an awaited body read, or of an answer taken"),
        new("SIDECAR_IDLE", "65m", Time + FromAMillisecond, "between two requests of a connection"),
        new("SIDECAR_RESEND", "on", "on or off",
            "send once more what met a resting connection just as the model server closed it"),
        new("SIDECAR_DRAIN_DELAY", "5s", Time + ", from 0s to 24h, within the drain timeout",
            "all is still served, before the port closes"),
        new("SIDECAR_DRAIN_TIMEOUT", "25s", Time + ", from 0s to 24h", "longest drain, the delay included"),
        new("SIDECAR_LOG_LEVEL", "info", "debug, info, warn, error or none", "least level that is written"),
        new("SIDECAR_LOG_FORMAT", "json", "json or text", "form of the log's lines"),
        new("SIDECAR_SIMULATED_SLOTS", "8", "a whole number from 1 to 1024",
            "simulated model server: sequences at once"),
        new("SIDECAR_SIMULATED_TOKENS_PER_SECOND", "40", "a whole number from 1 to 1000000",
            "simulated model server: tokens of one sequence alone"),
        new("SIDECAR_SIMULATED_SEED", "1", "a whole number from 0 to 1000000",
            "simulated model server: texts and lengths"),
    ];

    /// <exception cref="KeyNotFoundException">No such setting: a fault of the program.</exception>
    internal static Variable Find(string name) =>
        All.FirstOrDefault(variable => variable.Name == name) ?? throw new KeyNotFoundException(name);
}
