using Sidecar.Admission;

namespace Sidecar.Tests.Admission;

/// <summary>
/// How a connection handles its permit, step by step: a stand-in for the proxy's loop. One owner, woken by notes
/// that may come at any time after the gate's lock was left.
/// </summary>
internal sealed class ModelConnection
{
    private readonly Gate _gate;
    private readonly TestWaiter _waiter;
    private int _notesPending;
    private bool _isNoted;
    private bool _clientLeft;

    public ModelConnection(Gate gate, string name)
    {
        _gate = gate;
        _waiter = new TestWaiter(name, _ => _notesPending++);
    }

    public TestWaiter Waiter => _waiter;

    public bool HasEnded { get; private set; }

    /// <summary>Permits that it gave back, by release or by return.</summary>
    public int GivenBack { get; private set; }

    /// <summary>Delivers the notes of wakes, each at any later time.</summary>
    public IEnumerable<Func<bool>> Notes()
    {
        while (true)
        {
            yield return () => HasEnded || _notesPending > 0;
            if (HasEnded) yield break;
            _notesPending--;
            _isNoted = true;
        }
    }

    public IEnumerable<Func<bool>> ClientLeaves()
    {
        yield return () => true;
        _clientLeft = true;
    }

    /// <param name="refusals">How often the model server refuses before it takes the request.</param>
    public IEnumerable<Func<bool>> Owner(int refusals)
    {
        while (!HasEnded)
        {
            yield return () => _clientLeft || _isNoted || _waiter.State == WaiterState.Granted;
            _isNoted = false;
            if (_clientLeft)
            {
                if (!_gate.Leave(_waiter))
                {
                    yield return () => true;
                    if (_waiter.State == WaiterState.Granted) Release();
                }
                HasEnded = true;
            }
            else if (_waiter.State == WaiterState.Granted)
            {
                // Connecting takes its time: anything may happen between.
                yield return () => true;
                if (refusals-- > 0)
                {
                    _gate.ReturnToQueue(_waiter);
                    GivenBack++;
                    continue;
                }
                Release();
                HasEnded = true;
            }
            else if (_waiter.State is WaiterState.TimedOut or WaiterState.Unavailable)
            {
                HasEnded = true;
            }
        }
    }

    private void Release()
    {
        _gate.Release(_waiter);
        GivenBack++;
    }
}
