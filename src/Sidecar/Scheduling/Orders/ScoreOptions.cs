namespace Sidecar.Scheduling.Orders;

/// <summary>Weights and scales of the score. The defaults are the documented ones.</summary>
public sealed record ScoreOptions
{
    /// <summary>0 to 10.</summary>
    public double WeightWait { get; init; } = 0.4;

    /// <summary>0 to 10.</summary>
    public double WeightCriticality { get; init; } = 0.4;

    /// <summary>0 to 10; it is subtracted.</summary>
    public double WeightRate { get; init; } = 0.2;

    /// <summary>The wait that counts as 1.0, 1 ms to 1 day.</summary>
    public long WaitHorizonTicks { get; init; } = TimeSpan.TicksPerMinute;

    /// <summary>The arrivals per second that count as 1.0, 0.001 to 1,000,000.</summary>
    public double RateCeilingPerSecond { get; init; } = 10;

    /// <summary>The window that arrivals are counted in, 1 s to 1 day; the same as the workloads'.</summary>
    public long RateWindowTicks { get; init; } = TimeSpan.TicksPerMinute;
}
