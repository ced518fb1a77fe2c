using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>All runs of one target, singly and pooled.</summary>
public sealed class TargetPool(string name, Uri target)
{
    private RunOutcome? _pooled;

    public string Name { get; } = name;

    public Uri Target { get; } = target;

    /// <summary>Turn: whether it was the first, second, ... of the targets that got this seed's arrivals.</summary>
    public List<(int Seed, int Turn, RunOutcome Run)> Runs { get; } = [];

    public RunOutcome Pooled => _pooled ?? throw new InvalidOperationException("nothing was run");

    public void Add(int seed, int turn, RunOutcome run)
    {
        Runs.Add((seed, turn, run));
        _pooled ??= new RunOutcome([.. run.Classes.Select(one => one.Class)]);
        _pooled.Add(run);
    }
}
