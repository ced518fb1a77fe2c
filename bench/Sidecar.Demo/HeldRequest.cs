namespace Sidecar.Demo;

/// <summary>A request that has reached the model server and holds its only place until it is let go.</summary>
public sealed class HeldRequest(string name)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; } = name;

    public Task Released => _released.Task;

    public void Release() => _released.TrySetResult();
}
