namespace Sidecar.Transport.Kernel;

/// <summary>The result of one non-blocking receive or send.</summary>
internal enum IoStatus : byte
{
    Done,

    /// <summary>Nothing can be done until the next event of the channel.</summary>
    Blocked,

    /// <summary>The peer has ended its direction; only a receive says so.</summary>
    Ended,

    /// <summary>The connection is broken: reset, timed out or unreachable.</summary>
    Broken,
}
