namespace Sidecar.Http;

/// <summary>What a parser found in the bytes at hand.</summary>
internal enum ParseStatus : byte
{
    Complete,

    /// <summary>No fault so far; more bytes are needed.</summary>
    Incomplete,

    /// <summary>The bytes can never become a valid head; the fault says why.</summary>
    Malformed,
}
