using Sidecar.Scheduling;

namespace Sidecar.Admission;

/// <summary>
/// One request at a time at the gate; a downstream connection has one and uses it for all its requests. Owned by
/// one thread, which alone calls the gate for it; <see cref="State"/> and what the last dispatch left are written
/// under the gate's lock and may be read by the owner after it saw the state change.
/// </summary>
internal abstract class Waiter : ScheduledRequest
{
    private volatile WaiterState _state;

    /// <summary>Its request in the queue of a <see cref="ShadowQueue"/>, or of one that is over. Under the gate's
    /// lock.</summary>
    internal ShadowRequest? Shadow;

    /// <summary>The model server refused its request, being full, and it went back to the queue. Under the gate's lock.
    /// </summary>
    internal bool WasRefused;

    public WaiterState State
    {
        get => _state;
        internal set => _state = value;
    }

    /// <summary>
    /// The state has changed: make the owner look. Called from any thread, outside the lock; may come late or
    /// without need, so it only posts a note, never acts, and does not throw.
    /// </summary>
    protected internal abstract void Wake();
}
