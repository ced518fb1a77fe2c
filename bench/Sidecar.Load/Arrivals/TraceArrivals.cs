using System.Globalization;
using Sidecar.CommandLine;

namespace Sidecar.Load.Arrivals;

/// <summary>Replays recorded arrivals and lengths, burstiness kept. Format: CSV with the header
/// <c>TIMESTAMP,ContextTokens,GeneratedTokens</c>, as in the Azure LLM inference traces of 2023 (CC-BY 4.0; Patel et
/// al., "Splitwise", ISCA 2024). Several traces run side by side, each a class.</summary>
public static class TraceArrivals
{
    private const int LineMax = 1_000_000;

    /// <param name="sources"><c>FILE=CRITICALITY</c>.</param>
    public static ArrivalPlan Plan(IReadOnlyList<string> sources, TraceOptions options)
    {
        if (sources.Count > RequestClass.CountMax) throw new UsageException($"at most {RequestClass.CountMax} traces");
        var traces = sources.Select(source => (Source: source, Lines: Read(FileOf(source)))).ToArray();
        var origin = traces.Min(trace => trace.Lines[0].At) + TimeSpan.FromSeconds(options.SkipSeconds);
        List<Arrival> arrivals = [];
        for (var i = 0; i < traces.Length; i++)
            arrivals.AddRange(traces[i].Lines.Select(line => Scale(line, i, origin, options)).Where(arrival =>
                arrival.OffsetTicks >= 0 && arrival.OffsetTicks < options.Seconds * TimeSpan.TicksPerSecond));
        arrivals.Sort((left, right) => left.OffsetTicks.CompareTo(right.OffsetTicks));
        var classes = traces.Select((trace, i) => new RequestClass(
            CriticalityOf(trace.Source),
            arrivals.Count(arrival => arrival.ClassIndex == i) / (double)Math.Max(1, arrivals.Count),
            Path.GetFileNameWithoutExtension(FileOf(trace.Source)))).ToArray();
        return new ArrivalPlan(classes, arrivals);
    }

    private static Arrival Scale(
        (DateTime At, int Prompt, int Answer) line, int index, DateTime origin, TraceOptions options)
    {
        int Tokens(int recorded) => Math.Clamp((int)(recorded * options.TokenScale), 1, options.TokenMax);
        return new Arrival(
            (long)((line.At - origin).Ticks / options.Speed), index, Tokens(line.Prompt), Tokens(line.Answer));
    }

    private static string FileOf(string source) => source[..Separator(source)];

    private static int CriticalityOf(string source) =>
        int.TryParse(source[(Separator(source) + 1)..], out var value) && value is >= 1 and <= 5
            ? value
            : throw new UsageException($"'{source}' does not end in a criticality from 1 to 5");

    private static int Separator(string source) => source.LastIndexOf('=') is > 0 and var at
        ? at
        : throw new UsageException($"'{source}' is not FILE=CRITICALITY");

    private static List<(DateTime At, int Prompt, int Answer)> Read(string path)
    {
        if (!File.Exists(path)) throw new UsageException($"no trace at {path}");
        List<(DateTime, int, int)> lines = [];
        foreach (var text in File.ReadLines(path).Skip(1).Take(LineMax).Where(text => text.Length > 0))
        {
            if (text.Split(',') is not [var at, var prompt, var answer]
                || !DateTime.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                || !int.TryParse(prompt, out var promptTokens)
                || !int.TryParse(answer, out var answerTokens))
                throw new UsageException(
                    $"{path}, line {lines.Count + 2}: not TIMESTAMP,ContextTokens,GeneratedTokens");
            lines.Add((time, promptTokens, answerTokens));
        }
        return lines.Count > 0 ? lines : throw new UsageException($"{path} has no arrivals");
    }
}
