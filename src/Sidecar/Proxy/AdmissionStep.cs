using Sidecar.Admission;
using Sidecar.Http;
using Sidecar.Scheduling;
using Sidecar.Telemetry;
using Sidecar.Transport;
using Sidecar.Workloads;

namespace Sidecar.Proxy;

/// <summary>
/// Brings one request past the gate: names its workload, registers it, and holds its place in the queue and then its
/// permit. Gives back each exactly once. Reused for the requests of one connection, on its reactor's thread.
/// </summary>
internal sealed class AdmissionStep(ProxyWorker worker, SocketChannel client, Signal signal)
{
    private readonly ProxyServices _services = worker.Services;
    private readonly ExchangeWaiter _waiter = new(signal);
    private Workload? _workload;
    private int _criticality;
    private bool _hasEntered;
    private bool _holdsPermit;

    /// <summary>Why the request goes no further; <see cref="Outcome.None"/> while it does.</summary>
    internal Outcome Outcome { get; private set; }

    /// <summary>Touches neither registry nor permits.</summary>
    internal bool Bypasses { get; private set; }

    /// <summary>Of the last request, after its end too; empty where it bypassed the gate.</summary>
    internal string WorkloadId { get; private set; } = "";

    /// <summary>How long the request waited for its permit; 0 when it was admitted at once.</summary>
    internal long WaitTicks => _holdsPermit ? _waiter.WaitTicks : 0;

    /// <summary>Nothing is held and nothing has happened yet.</summary>
    internal void Reset()
    {
        _hasEntered = _holdsPermit = false;
        WorkloadId = "";
        Outcome = Outcome.None;
        Bypasses = true;
    }

    /// <summary>Decodes the workload from the head, while its bytes stand, and registers the arrival.</summary>
    internal void Begin(RequestHead head, ReadOnlySpan<byte> source)
    {
        Bypasses = !(head.Method == KnownMethod.Post || head.Upgrade) || head.MarkedPath >= 0;
        if (Bypasses) return;
        var otherwise = _services.Options.DefaultCriticality;
        Span<byte> idScratch = stackalloc byte[WorkloadContext.IdLengthMax];
        var context = head switch
        {
            { HasWorkloadContext: true } =>
                WorkloadContextReader.Read(head.WorkloadContext.In(source), idScratch, otherwise),
            { HasFairnessId: true } => WorkloadContextReader.ReadFairnessId(head.FairnessId.In(source), otherwise),
            _ => WorkloadContextReader.Absent(otherwise),
        };
        _services.Instruments.ContextFaults[(int)context.Fault].Add();
        _criticality = context.Criticality;
        _workload = _services.Workloads.Enter(context.WorkloadId, worker.Reactor.NowTicks);
        WorkloadId = _workload.Id;
    }

    /// <summary>True when the request holds a permit, or an outcome.</summary>
    internal bool Poll()
    {
        if (Bypasses || _holdsPermit) return true;
        if (!_hasEntered)
        {
            _hasEntered = true;
            switch (_services.Gate.Enter(_waiter, _workload!, _criticality))
            {
                case EnterOutcome.Granted:
                    return Take();
                case EnterOutcome.QueueFull:
                    return Fail(Outcome.QueueFull);
            }
        }
        // Whoever is second of a departure and a dispatch learns so here, and the permit has one owner either way.
        if (client.PeerClosed && _services.Gate.Leave(_waiter)) return Fail(Outcome.ClientLeftQueued);
        return _waiter.State switch
        {
            WaiterState.Granted => Take(),
            WaiterState.TimedOut => Fail(Outcome.QueueTimeout),
            WaiterState.Unavailable => Fail(Outcome.UpstreamUnavailable),
            _ => false,
        };
    }

    /// <summary>The gate has not closed since the permit was granted.</summary>
    internal bool MayBeSent => Bypasses || _services.Gate.IsOpen;

    /// <summary>
    /// A connection to the model server broke under a request. A model server that ends does that to all of them before
    /// its port is closed: nothing more is sent until its health was asked anew, which takes a moment where it lives.
    /// Only where its health had been seen: else the gate might never open again.
    /// </summary>
    internal void Suspect()
    {
        if (!_services.State.UpstreamHealthy) return;
        if (_services.Gate.IsOpen)
            _services.Log.Warn("gate-closed", ("reason", "a connection to the model server broke"));
        _services.Gate.Close();
        _services.State.AskHealth();
    }

    /// <summary>The request has a connection to the model server: its wait is over for good.</summary>
    internal void OnDispatched()
    {
        if (Bypasses) return;
        _services.Instruments.QueueWaitSeconds.Observe(_waiter.WaitTicks / (double)TimeSpan.TicksPerSecond);
        _services.Instruments.PriorityScore.Observe(ScoreFunction.ToDouble(_waiter.ScoreAtDispatch));
    }

    /// <summary>The model server is not there: back to the request's old place, behind a closed gate.</summary>
    internal void ReturnToQueue()
    {
        _holdsPermit = false;
        if (_services.Gate.IsOpen)
            _services.Log.Warn("gate-closed", ("reason", "the model server refuses connections"));
        _services.Gate.ReturnToQueue(_waiter);
    }

    internal void End()
    {
        if (!Bypasses && _hasEntered && !_holdsPermit && _waiter.State is WaiterState.Queued or WaiterState.Granted)
        {
            _holdsPermit = !_services.Gate.Leave(_waiter) && _waiter.State == WaiterState.Granted;
        }
        if (_holdsPermit) _services.Gate.Release(_waiter);
        _hasEntered = _holdsPermit = false;
        if (_workload is not null) _services.Workloads.Leave(_workload, worker.Reactor.NowTicks);
        _workload = null;
    }

    private bool Take()
    {
        _holdsPermit = true;
        return true;
    }

    private bool Fail(Outcome outcome)
    {
        Outcome = outcome;
        return true;
    }
}
