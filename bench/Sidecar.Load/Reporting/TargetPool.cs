using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>All runs of one target, singly and pooled.</summary>
public sealed class TargetPool(string name, Uri target)
{
    private RunOutcome? _pooled;

    public string Name { get; } = name;

    public Uri Target { get; } = target;

    public List<(int Seed, RunOutcome Run)> Runs { get; } = [];

    public RunOutcome Pooled => _pooled ?? throw new InvalidOperationException("nothing was run");

    public void Add(int seed, RunOutcome run)
    {
        Runs.Add((seed, run));
        _pooled ??= new RunOutcome([.. run.Classes.Select(one => one.Class)]);
        _pooled.Add(run);
    }
}
