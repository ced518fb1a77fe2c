using Sidecar.CommandLine;

namespace Sidecar.Load.Arrivals;

/// <summary>All arrivals of one run, in order of time: the same for every target that is compared.</summary>
public sealed class ArrivalPlan
{
    /// <summary>Bound of a run: what is held in memory and in flight at worst.</summary>
    public const int CountMax = 100_000;

    public ArrivalPlan(RequestClass[] classes, IReadOnlyList<Arrival> arrivals)
    {
        if (arrivals.Count == 0) throw new UsageException("no arrivals: raise the rate or the duration");
        if (arrivals.Count > CountMax)
            throw new UsageException($"more than {CountMax} arrivals: lower the rate or the duration");
        Classes = classes;
        Arrivals = arrivals;
    }

    public RequestClass[] Classes { get; }

    public IReadOnlyList<Arrival> Arrivals { get; }
}
