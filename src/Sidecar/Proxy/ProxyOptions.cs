using Sidecar.Http.Requests;

namespace Sidecar.Proxy;

/// <summary>What the proxy allows its clients, and how it treats their requests. Times in ticks of 100 ns.</summary>
public sealed record ProxyOptions
{
    public required int HeadLimitBytes { get; init; }

    public required long BodyLimitBytes { get; init; }

    /// <summary>Most bytes held of one waiting request, head and body together; used in powers of two.</summary>
    public required int BodyBufferBytes { get; init; }

    /// <summary>Most bytes held of all waiting requests' bodies together.</summary>
    public required long BodyMemoryBytes { get; init; }

    /// <summary>Longest time from a head's first byte to its last.</summary>
    public required long HeadTimeoutTicks { get; init; }

    /// <summary>Longest time without a byte of an awaited body read, or of an answer taken.</summary>
    public required long ClientStallTicks { get; init; }

    /// <summary>Longest time between two requests of a connection.</summary>
    public required long IdleTicks { get; init; }

    /// <summary>A request is sent once more in the one case in which that is safe.</summary>
    public required bool Resends { get; init; }

    public required int ConnectionLimit { get; init; }

    public required int DefaultCriticality { get; init; }

    public required string ContextFieldName { get; init; }

    /// <summary>POST paths that never queue: exact, or with a trailing "*" a prefix.</summary>
    public required IReadOnlyList<string> BypassPaths { get; init; }

    /// <summary>This process's name in Via.</summary>
    internal ViaPseudonym Pseudonym { get; init; } = ViaPseudonym.New();
}
