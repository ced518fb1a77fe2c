using Sidecar.Scheduling.Orders;

namespace Sidecar.Tests.Scheduling;

/// <summary>What a <see cref="SchedulerTrial"/> is made of.</summary>
internal sealed record TrialShape(
    int Workloads, int QueueMax, int OldestEvery, long StepTicks, ScoreOptions Score, bool FrozenClock = false);
