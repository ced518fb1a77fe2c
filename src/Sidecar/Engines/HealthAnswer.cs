namespace Sidecar.Engines;

/// <summary>What one look at the model server's health came to.</summary>
public enum HealthAnswer : byte
{
    /// <summary>The health path gave 2xx, or a connection was accepted where no more is asked for.</summary>
    Healthy,

    /// <summary>The health path gave 503: the model server is there, and says that it cannot serve yet.</summary>
    NotReady,

    /// <summary>Another status: the model server is there; whether it or the path is at fault cannot be told.</summary>
    Odd,

    /// <summary>A connection was accepted, but it broke, or no answer came in time.</summary>
    Silent,

    /// <summary>No connection was accepted.</summary>
    Unreachable,
}
