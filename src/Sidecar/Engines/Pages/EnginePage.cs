using System.Buffers.Text;
using System.Text;

namespace Sidecar.Engines.Pages;

/// <summary>
/// Reads what a model server tells of itself from its page in Prometheus' text format, version 0.0.4 or OpenMetrics.
/// Pure. Whatever the page is, it is read or told why not; nothing is guessed.
/// </summary>
internal static class EnginePage
{
    /// <summary>No model server holds so many requests.</summary>
    private const double CountMax = 1_000_000;

    /// <summary>Null where the page was read; else why it was not, for people.</summary>
    internal static string? Read(ReadOnlySpan<byte> page, out EngineFigures figures)
    {
        figures = default;
        if (page.IsEmpty || page[^1] != (byte)'\n') return "the page is cut off";
        string? engine = null;
        Span<double> sums = [0, 0, 0, double.NaN, -1, double.NaN];
        var (hasRunning, hasWaiting) = (false, false);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var range in page.Split((byte)'\n'))
        {
            var line = page[range];
            if (line.IsEmpty || line[0] == (byte)'#' || !TrySplit(line, out var series, out var name, out var labels))
                continue;
            foreach (var known in EngineSeries.All)
            {
                if (!known.Holds(name, labels)) continue;
                if (engine is not null && engine != known.Engine) return $"it is of {engine} and of {known.Engine}";
                if (!seen.Add(Encoding.UTF8.GetString(series)))
                    return $"{Encoding.UTF8.GetString(name)} is there twice";
                if (!TryValue(line[series.Length..], known.Role, out var value))
                    return $"{Encoding.UTF8.GetString(name)} has no sensible value";
                engine = known.Engine;
                Add(ref sums[(int)known.Role], known.Role, value);
                hasRunning |= known.Role == SeriesRole.Running;
                hasWaiting |= known.Role == SeriesRole.Waiting;
            }
        }
        if (engine is null || !hasRunning || !hasWaiting) return "no model server's series are there";
        var waiting = Math.Max(0, sums[(int)SeriesRole.Waiting] - sums[(int)SeriesRole.Deferred]);
        figures = new EngineFigures(
            engine, (int)sums[(int)SeriesRole.Running], (int)waiting, sums[(int)SeriesRole.CacheUsage],
            (long)sums[(int)SeriesRole.Preemptions], sums[(int)SeriesRole.Progress]);
        return null;
    }

    private static void Add(ref double sum, SeriesRole role, double value)
    {
        if (role == SeriesRole.CacheUsage) sum = double.IsNaN(sum) ? value : Math.Max(sum, value);
        else if (double.IsNaN(sum) || sum < 0) sum = value;
        else sum += value;
    }

    /// <summary>A sample's series, which is its name and labels; a label's value may hold a brace.</summary>
    private static bool TrySplit(
        ReadOnlySpan<byte> line, out ReadOnlySpan<byte> series, out ReadOnlySpan<byte> name,
        out ReadOnlySpan<byte> labels)
    {
        series = name = labels = default;
        var end = line.IndexOfAny((byte)'{', (byte)' ');
        if (end <= 0) return false;
        name = series = line[..end];
        if (line[end] == (byte)' ') return true;
        var close = line.LastIndexOf((byte)'}');
        if (close < end) return false;
        series = line[..(close + 1)];
        labels = line[(end + 1)..close];
        return true;
    }

    /// <summary>The number behind the series; a time may follow.</summary>
    private static bool TryValue(ReadOnlySpan<byte> rest, SeriesRole role, out double value)
    {
        value = double.NaN;
        rest = rest.Trim((byte)' ');
        var end = rest.IndexOf((byte)' ');
        if (end >= 0) rest = rest[..end];
        if (!Utf8Parser.TryParse(rest, out value, out var consumed) || consumed != rest.Length) return false;
        if (!double.IsFinite(value) || value < 0) return false;
        return role switch
        {
            SeriesRole.CacheUsage => value <= 1.5,
            SeriesRole.Running or SeriesRole.Waiting or SeriesRole.Deferred => value <= CountMax,
            _ => true,
        };
    }
}
