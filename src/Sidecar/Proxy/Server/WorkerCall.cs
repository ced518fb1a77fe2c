using Sidecar.Transport;

namespace Sidecar.Proxy.Server;

/// <summary>Runs an action once on a reactor's thread; for rare events, not for requests.</summary>
internal sealed class WorkerCall(Action action) : Mail
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the action has run, with its failure where it failed.</summary>
    internal static Task RunAsync(Reactor reactor, Action action)
    {
        var call = new WorkerCall(action);
        reactor.Post(call);
        return call._done.Task;
    }

    protected internal override void Deliver()
    {
        try
        {
            action();
            _done.SetResult();
        }
        catch (Exception failure)
        {
            _done.SetException(failure);
        }
    }
}
