using Sidecar.Load.Arrivals;

namespace Sidecar.Load.Running;

/// <summary>One run, or several of the same target pooled.</summary>
public sealed class RunOutcome(RequestClass[] classes)
{
    public ClassTally[] Classes { get; } = Array.ConvertAll(classes, one => new ClassTally(one));

    /// <summary>From the start to the end of the last answer; of pooled runs, their sum.</summary>
    public double Seconds { get; set; }

    public long Tokens => Classes.Sum(one => one.Tokens);

    public double TokensPerSecond => Tokens / Math.Max(Seconds, 1e-9);

    public long Requests => Classes.Sum(one => one.Requests);

    /// <summary>Requests that were not answered 200, or not to the end.</summary>
    public long Failed => Classes.Sum(one => one.Unserved);

    public bool AllOk => Failed == 0;

    public void Add(RunOutcome other)
    {
        for (var i = 0; i < Classes.Length; i++) Classes[i].Add(other.Classes[i]);
        Seconds += other.Seconds;
    }
}
