namespace Sidecar.Lifecycle;

/// <summary>Where the sidecar stands in its life. Each flag is set by one owner and read from any thread.</summary>
public sealed class SidecarState
{
    private volatile bool _draining;
    private volatile bool _closing;

    /// <summary>The end was asked for: all is still served, but connections are not kept.</summary>
    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>The drain's delay is over: no further request is taken up.</summary>
    public bool Closing
    {
        get => _closing;
        set => _closing = value;
    }
}
