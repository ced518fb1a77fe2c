namespace Sidecar.Http.Bodies;

/// <summary>Where <see cref="ChunkExtensions"/> stands in a chunk's extensions.</summary>
internal enum ChunkExtensionState : byte
{
    /// <summary>Behind the size, or behind an extension and a blank: only a semicolon may follow.</summary>
    Begin,
    NameBegin,
    Name,

    /// <summary>Behind a name and a blank: its value, or the next extension.</summary>
    NameBlank,
    ValueBegin,
    Token,
    Quoted,
    Escaped,
    QuotedEnd,
}
