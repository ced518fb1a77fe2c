using Sidecar.Fuzz.Targets;

namespace Sidecar.Fuzz;

/// <summary>All parsers that read what a stranger sent.</summary>
internal static class FuzzTargets
{
    internal static IReadOnlyList<string> Names { get; } = ["head", "chunks", "response", "context"];

    /// <summary>A new one, since each keeps buffers of its own.</summary>
    internal static IFuzzTarget New(string name) => name switch
    {
        "head" => new RequestHeadTarget(),
        "chunks" => new ChunkTarget(),
        "response" => new ResponseHeadTarget(),
        _ => new ContextTarget(),
    };
}
