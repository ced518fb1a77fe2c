using System.Globalization;
using Sidecar.CommandLine;

namespace Sidecar.Load.Arrivals;

/// <summary>Requests that belong together in the report: one workload of one criticality.</summary>
/// <param name="Criticality">1 to 5, sent in the workload context.</param>
/// <param name="Share">Part of the arrivals, 0 to 1; of a trace, what the trace itself has.</param>
/// <param name="WorkloadId">Sent in the workload context.</param>
public sealed record RequestClass(int Criticality, double Share, string WorkloadId)
{
    public const int CountMax = 16;

    public string Context => $$"""{"workload_id":"{{WorkloadId}}","criticality":{{Criticality}}}""";

    /// <param name="text"><c>criticality:share</c>, separated by commas; the shares add up to 1.</param>
    public static RequestClass[] ParseAll(string text)
    {
        var classes = text.Split(',', StringSplitOptions.TrimEntries).Select(Parse).ToArray();
        if (classes.Length > CountMax) throw new UsageException($"at most {CountMax} classes");
        var total = classes.Sum(one => one.Share);
        return Math.Abs(total - 1) < 1e-6
            ? classes
            : throw new UsageException($"the shares of --classes add up to {total}, not 1");
    }

    private static RequestClass Parse(string text)
    {
        if (text.Split(':') is [var left, var right]
            && int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var criticality)
            && criticality is >= 1 and <= 5
            && double.TryParse(right, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is > 0 and <= 1)
            return new RequestClass(criticality, share, $"load-{criticality}");
        throw new UsageException($"'{text}' is not criticality:share, such as 5:0.1");
    }
}
