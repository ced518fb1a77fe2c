namespace Sidecar.Engines;

/// <summary>What a request that holds a permit met, and what speaks against sending others after it.</summary>
internal enum Doubt : byte
{
    /// <summary>No connection was accepted, or TLS failed on it.</summary>
    Refused,

    /// <summary>The request was answered 503 while <see cref="EngineState.RefusesBy503"/> held.</summary>
    NotReady,

    /// <summary>The connection broke before the response had ended.</summary>
    Broken,
}
