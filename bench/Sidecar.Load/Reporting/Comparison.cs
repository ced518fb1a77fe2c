using System.Globalization;
using Sidecar.Load.Running;

namespace Sidecar.Load.Reporting;

/// <summary>A target against the baseline, both pooled over the same arrivals.</summary>
public sealed class Comparison(TargetPool baseline, TargetPool target)
{
    public string Title => $"{target.Name} against {baseline.Name}";

    /// <summary>Tokens a second, as part of the baseline's.</summary>
    public double Throughput => target.Pooled.TokensPerSecond / baseline.Pooled.TokensPerSecond;

    /// <returns>By class: how many times shorter the target's percentile of the time to first token is.</returns>
    public IEnumerable<(ClassTally Class, double Gain)> FirstTokenGains(double percentile) =>
        target.Pooled.Classes.Zip(baseline.Pooled.Classes, (mine, theirs) => (mine,
            theirs.FirstToken.GetValueAtPercentile(percentile)
            / (double)Math.Max(1, mine.FirstToken.GetValueAtPercentile(percentile))));

    /// <param name="gainLeast">Of the most critical class's p99 time to first token.</param>
    /// <param name="throughputLossMost">As a part: 0.03 is three percent.</param>
    public IEnumerable<Verdict> Judge(double gainLeast, double throughputLossMost)
    {
        var (critical, gain) = FirstTokenGains(99).MaxBy(pair => pair.Class.Class.Criticality);
        yield return new Verdict(gain >= gainLeast, string.Create(CultureInfo.InvariantCulture,
            $"{Title}: p99 time to first token of criticality {critical.Class.Criticality} is {gain:F1} times shorter "
            + $"(at least {gainLeast:0.#})"));
        var holds = Throughput >= 1 - throughputLossMost;
        yield return new Verdict(holds, string.Create(CultureInfo.InvariantCulture,
            $"{Title}: tokens/s {(Throughput - 1) * 100:+0.0;-0.0} % (at most {throughputLossMost * 100:0.#} % less)"));
        yield return new Verdict(
            target.Pooled.AllOk,
            $"{target.Name}: every one of {target.Pooled.Requests} requests answered 200");
    }
}
