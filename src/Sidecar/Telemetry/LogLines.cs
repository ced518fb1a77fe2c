using System.Globalization;
using System.Text;

namespace Sidecar.Telemetry;

/// <summary>
/// Makes the lines of the log: each is whole, and at most <see cref="LineBytesMax"/> long, because values are cut.
/// Names are the program's own, and plain. Pure; any thread.
/// </summary>
internal sealed class LogLines(LogFormat format)
{
    /// <summary>8 KiB, names and quotes of the line included.</summary>
    internal const int LineBytesMax = 8 * 1024;

    /// <summary>For the time, the level, the names, and the quotes and marks of values.</summary>
    private const int ReservedBytes = 512;

    /// <summary>As many digits as say something; of any culture's.</summary>
    private const string JsonTime = "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ";

    internal string Format(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values) =>
        format == LogFormat.Json ? Json(time, level, name, values) : Text(time, level, name, values);

    private static string Json(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values)
    {
        var line = new StringBuilder("{\"ts\":\"")
            .Append(time.UtcDateTime.ToString(JsonTime, CultureInfo.InvariantCulture))
            .Append($"\",\"level\":\"{NameOf(level)}\",\"event\":\"{name}\"");
        var roomBytes = LineBytesMax - ReservedBytes;
        foreach (var value in values)
        {
            line.Append($",\"{value.Name}\":");
            LogValue.Append(line, value.Value, LogFormat.Json, ref roomBytes);
        }
        return line.Append('}').ToString();
    }

    private static string Text(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values)
    {
        var line = new StringBuilder($"{time.UtcDateTime:HH:mm:ss.fff} {NameOf(level),-5} {name}");
        var roomBytes = LineBytesMax - ReservedBytes;
        foreach (var value in values)
        {
            line.Append($"  {value.Name}=");
            LogValue.Append(line, value.Value, LogFormat.Text, ref roomBytes);
        }
        return line.ToString();
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Debug => "debug",
        LogLevel.Info => "info",
        LogLevel.Warn => "warn",
        _ => "error",
    };
}
