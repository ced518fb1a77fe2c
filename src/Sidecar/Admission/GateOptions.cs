using Sidecar.Admission.Plans;
using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;

namespace Sidecar.Admission;

/// <summary>How much goes to the model server at once, how much waits, how long, and in what order.</summary>
/// <param name="Limit">Requests in flight, 0 for no limit.</param>
/// <param name="QueueLimit">Requests queued, 0 to 1,000,000; what returns after a refusal is not held to it.</param>
/// <param name="QueueTimeoutTicks">Longest time in the queue, ticks of 100 ns; 0 for no end.</param>
/// <param name="OldestEvery">Every so many dispatches the oldest goes first, whatever its score; 0 for never,
/// 1 for first come first served.</param>
/// <param name="Score">Weights and scales of the score.</param>
public sealed record GateOptions(
    int Limit, int QueueLimit, long QueueTimeoutTicks, int OldestEvery, ScoreOptions Score)
{
    public GatePlan Plan { get; init; } = new();

    /// <summary>The policies by their names, here and nowhere else.</summary>
    internal Scheduler CreateScheduler(GatePolicy policy) => policy switch
    {
        GatePolicy.Fcfs => new FlowScheduler<FcfsOrder>(default, OldestEvery),
        GatePolicy.Criticality => new FlowScheduler<CriticalityOrder>(default, OldestEvery),
        GatePolicy.WorkloadAware => new FlowScheduler<WorkloadAwareOrder>(new(new ScoreFunction(Score)), OldestEvery),
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    };

    /// <exception cref="ArgumentOutOfRangeException">A setting lies outside its bounds.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Limit);
        ArgumentOutOfRangeException.ThrowIfNegative(QueueLimit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(QueueLimit, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfNegative(QueueTimeoutTicks);
        ArgumentOutOfRangeException.ThrowIfNegative(OldestEvery);
        Plan.Validate();
    }
}
