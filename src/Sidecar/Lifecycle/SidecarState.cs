namespace Sidecar.Lifecycle;

/// <summary>
/// Where the sidecar stands in its life, and whether the model server answers. Each flag is set by one owner and read
/// from any thread.
/// </summary>
public sealed class SidecarState
{
    private volatile bool _upstreamHealthy;
    private volatile bool _draining;
    private volatile bool _closing;
    private TaskCompletionSource _healthAsked = NewSignal();

    /// <summary>The model server's health path answered with success lately.</summary>
    public bool UpstreamHealthy
    {
        get => _upstreamHealthy;
        set => _upstreamHealthy = value;
    }

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

    /// <summary>Has the model server's health asked at once; from any thread.</summary>
    public void AskHealth()
    {
        var asked = Volatile.Read(ref _healthAsked);
        asked.TrySetResult();
    }

    /// <summary>
    /// Ends at the next <see cref="AskHealth"/>, or at one that came since this was last called; for one caller.
    /// </summary>
    public Task HealthAskedAsync()
    {
        if (_healthAsked.Task.IsCompleted) Volatile.Write(ref _healthAsked, NewSignal());
        return _healthAsked.Task;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
