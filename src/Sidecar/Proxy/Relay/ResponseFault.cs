namespace Sidecar.Proxy.Relay;

internal enum ResponseFault : byte
{
    None,

    /// <summary>The model server's connection ended before the response did.</summary>
    Broken,

    /// <summary>What the model server sent is no response.</summary>
    Malformed,

    /// <summary>The model server said that it is not ready, and its health says so too: nothing was sent on.</summary>
    Refused,

    /// <summary>The client's connection takes nothing any more.</summary>
    ClientBroken,
}
