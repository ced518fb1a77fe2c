using Sidecar.Admission;
using Sidecar.Http;
using Sidecar.Http.Requests;
using Sidecar.Records;
using Sidecar.Scheduling.Orders;
using Sidecar.Telemetry;
using Sidecar.Workloads;

namespace Sidecar.Proxy.Line;

/// <summary>
/// Brings one request past the gate: names its workload, registers it, and holds its place in the queue and then its
/// permit. Gives back each exactly once. Reused for the requests of one connection, on one thread; the waiter's wake
/// tells when to poll again.
/// </summary>
internal sealed class AdmissionStep(
    Gate gate, WorkloadRegistry workloads, Instruments instruments, int defaultCriticality, Waiter waiter)
{
    private Workload? _workload;
    private RequestClaim _claim;
    private bool _hasEntered;
    private bool _holdsPermit;

    /// <summary>Why the request goes no further; <see cref="Outcome.None"/> while it does.</summary>
    internal Outcome Outcome { get; private set; }

    /// <summary>The request passes by the gate, and touches neither registry nor permits.</summary>
    internal bool Bypasses { get; private set; }

    /// <summary>The request passes by the gate, or the gate holds nothing back now: its mode may change under way.
    /// </summary>
    internal bool NeverWaits => Bypasses || gate.IsOff;

    /// <summary>How long the request waited for its permit; 0 when it was admitted at once.</summary>
    internal long WaitTicks => _holdsPermit ? waiter.WaitTicks : 0;

    /// <summary>Prepares for the next request; nothing is held.</summary>
    internal void Reset()
    {
        _hasEntered = _holdsPermit = false;
        Outcome = Outcome.None;
        Bypasses = true;
    }

    /// <summary>Decodes the workload from the head while its bytes are valid, and registers the arrival.</summary>
    internal void Begin(RequestHead head, ReadOnlySpan<byte> source, long nowTicks, RequestRecord record)
    {
        var mayQueue = head.Method == KnownMethod.Post || (head.Method == KnownMethod.Get && head.Upgrade);
        Bypasses = !mayQueue || head.HasMarkedPath;
        if (Bypasses) return;
        Span<byte> idScratch = stackalloc byte[WorkloadContext.IdLengthMax];
        var context = head switch
        {
            { HasWorkloadContext: true } =>
                WorkloadContextReader.Read(head.WorkloadContext.In(source), idScratch, defaultCriticality),
            { HasFairnessId: true } =>
                WorkloadContextReader.ReadFairnessId(head.FairnessId.In(source), defaultCriticality),
            _ => WorkloadContextReader.Absent(defaultCriticality),
        };
        instruments.ContextFaults[(int)context.Fault].Add();
        _claim = new RequestClaim(context.Criticality, context.TtftMilliseconds);
        _workload = workloads.Enter(context.WorkloadId, nowTicks);
        (record.WorkloadId, record.Criticality) = (_workload.Id, context.Criticality);
    }

    /// <summary>True when the request holds a permit, or an outcome.</summary>
    internal bool Poll(bool clientHasLeft)
    {
        if (Bypasses || _holdsPermit) return true;
        if (!_hasEntered)
        {
            _hasEntered = true;
            switch (gate.Enter(waiter, _workload!, _claim))
            {
                case EnterOutcome.Granted:
                    return Take();
                case EnterOutcome.QueueFull:
                    return Fail(Outcome.QueueFull);
                case EnterOutcome.Hopeless:
                    return Fail(Outcome.ExpectedWait);
            }
        }
        // Whoever is second of a departure and a dispatch learns so here, and the permit has one owner either way.
        if (clientHasLeft && gate.Leave(waiter)) return Fail(Outcome.ClientLeftQueued);
        return waiter.State switch
        {
            WaiterState.Granted => Take(),
            WaiterState.TimedOut => Fail(Outcome.QueueTimeout),
            WaiterState.Shed => Fail(Outcome.Shed),
            WaiterState.Unavailable => Fail(Outcome.UpstreamUnavailable),
            _ => false,
        };
    }

    /// <summary>Whether the request may be sent: the gate may have closed since the permit was granted.</summary>
    internal bool MayBeSent => NeverWaits || gate.IsOpen;

    /// <summary>Writes the last dispatch's wait and score into the record, where there is a permit.</summary>
    internal void Note(RequestRecord record)
    {
        if (!_holdsPermit) return;
        record.HadPermit = true;
        (record.WaitTicks, record.Score) = (waiter.WaitTicks, ScoreFunction.ToDouble(waiter.ScoreAtDispatch));
    }

    /// <summary>Returns a request that could not be sent to its old place in the queue.</summary>
    internal void ReturnToQueue(bool isFull = false)
    {
        _holdsPermit = false;
        gate.ReturnToQueue(waiter, isFull);
    }

    /// <summary>Gives back what is still held, whatever the gate has decided meanwhile.</summary>
    /// <param name="nowTicks">Monotonic.</param>
    /// <param name="record">Of the request.</param>
    /// <param name="isFull">The model server has refused it, being full.</param>
    internal void End(long nowTicks, RequestRecord record, bool isFull = false)
    {
        if (_hasEntered && !_holdsPermit && waiter.State is WaiterState.Queued or WaiterState.Granted)
        {
            _holdsPermit = !gate.Leave(waiter) && waiter.State == WaiterState.Granted;
        }
        Note(record);
        if (_holdsPermit) gate.Release(waiter, isFull);
        _hasEntered = _holdsPermit = false;
        if (_workload is not null) workloads.Leave(_workload, nowTicks);
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
