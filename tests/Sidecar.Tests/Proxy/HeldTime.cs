using Microsoft.Extensions.Time.Testing;

namespace Sidecar.Tests.Proxy;

/// <summary>
/// A clock that the test moves, and by whose reading it can make the reactors stand still: what is sent meanwhile, from
/// however many connections, they find all at once.
/// </summary>
internal sealed class HeldTime : FakeTimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _mayRead = new(true);
    private readonly SemaphoreSlim _isHeld = new(0);

    public override long GetTimestamp()
    {
        if (!_mayRead.IsSet && Thread.CurrentThread.Name is { } name && name.StartsWith("reactor", default))
        {
            _isHeld.Release();
            _mayRead.Wait(Patience);
        }
        return base.GetTimestamp();
    }

    /// <summary>Ends when the one reactor stands still.</summary>
    internal async Task HoldAsync()
    {
        _mayRead.Reset();
        Assert.True(await _isHeld.WaitAsync(Patience));
    }

    internal void LetGo() => _mayRead.Set();
}
