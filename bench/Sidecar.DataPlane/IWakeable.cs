namespace Sidecar.DataPlane;

/// <summary>What a reactor runs when one of its sockets has something to say. Called on the reactor's thread.</summary>
internal interface IWakeable
{
    /// <summary>True from the wake until the turn; kept by the reactor, so that many events make one turn.</summary>
    bool Queued { get; set; }

    /// <summary>Does what can be done without waiting. May be called with nothing to do.</summary>
    void Turn();
}
