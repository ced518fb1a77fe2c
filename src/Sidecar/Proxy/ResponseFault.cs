namespace Sidecar.Proxy;

internal enum ResponseFault : byte
{
    None,

    /// <summary>The model server's connection ended before the response did.</summary>
    Broken,

    /// <summary>What the model server sent is no response.</summary>
    Malformed,

    /// <summary>The client's connection takes nothing any more.</summary>
    ClientBroken,
}
