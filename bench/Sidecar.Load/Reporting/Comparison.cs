using System.Globalization;
using HdrHistogram;
using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>A target against another, both pooled over the same arrivals.</summary>
public sealed class Comparison(TargetPool baseline, TargetPool target)
{
    public string Title => $"{target.Name} against {baseline.Name}";

    /// <summary>Tokens a second, as part of the baseline's.</summary>
    public double Throughput => target.Pooled.TokensPerSecond / baseline.Pooled.TokensPerSecond;

    /// <returns>By class: how many times shorter the target's time to first token is, at the median and at the p99,
    /// which is null where the samples are too few.</returns>
    public IEnumerable<(ClassTally Class, double Half, double? Most)> FirstTokenGains() =>
        target.Pooled.Classes.Zip(baseline.Pooled.Classes, (mine, theirs) => (
            mine, Gain(mine.FirstToken, theirs.FirstToken, 50), Tail.Gain(mine.FirstToken, theirs.FirstToken)));

    /// <param name="gainLeast">Of the most critical class's p99 time to first token; of its longest, where the samples
    /// are too few for a p99.</param>
    /// <param name="throughputLossMost">As a part: 0.03 is three percent.</param>
    public IEnumerable<Verdict> Judge(double gainLeast, double throughputLossMost)
    {
        var (critical, theirs) = target.Pooled.Classes.Zip(baseline.Pooled.Classes)
            .MaxBy(pair => pair.First.Class.Criticality);
        var tail = Tail.Gain(critical.FirstToken, theirs.FirstToken);
        var gain = tail ?? Gain(critical.FirstToken, theirs.FirstToken, 100);
        yield return new Verdict(gain >= gainLeast, string.Create(CultureInfo.InvariantCulture,
            $"{Title}: {(tail is null ? "the longest" : "p99")} time to first token of criticality "
            + $"{critical.Class.Criticality} is {gain:F1} times shorter (at least {gainLeast:0.#}; "
            + $"n = {critical.FirstToken.TotalCount})"));
        var holds = Throughput >= 1 - throughputLossMost;
        yield return new Verdict(holds, string.Create(CultureInfo.InvariantCulture,
            $"{Title}: tokens/s {(Throughput - 1) * 100:+0.0;-0.0} % (at most {throughputLossMost * 100:0.#} % less)"));
        yield return new Verdict(
            target.Pooled.AllOk,
            $"{target.Name}: every one of {target.Pooled.Requests} requests answered 200");
    }

    private static double Gain(HistogramBase mine, HistogramBase theirs, double percentile) =>
        theirs.GetValueAtPercentile(percentile) / (double)Math.Max(1, mine.GetValueAtPercentile(percentile));
}
