using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sidecar.Telemetry;

/// <summary>
/// Makes the lines of the log: each is whole, and at most <see cref="LineBytesMax"/> long, because values are cut.
/// Pure; any thread.
/// </summary>
internal sealed class LogLines(LogFormat format)
{
    /// <summary>8 KiB, names and quotes of the line included.</summary>
    internal const int LineBytesMax = 8 * 1024;

    /// <summary>For the time, the level and the names, which the program chooses.</summary>
    private const int ReservedBytes = 512;

    /// <summary>An escape, such as \u001b: the most that one character becomes.</summary>
    private const int EscapeBytes = 6;

    private const string CutMark = "...";

    /// <summary>Lines are read by people and log collectors, never put into a web page: quotes stay readable.</summary>
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal string Format(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values) =>
        format == LogFormat.Json ? Json(time, level, name, values) : Text(time, level, name, values);

    private static string Json(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var roomBytes = LineBytesMax - ReservedBytes;
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("ts", time.UtcDateTime);
            json.WriteString("level", NameOf(level));
            json.WriteString("event", name);
            foreach (var value in values) json.WriteString(value.Name, Cut(value.Value, ref roomBytes));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Text(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values)
    {
        var line = new StringBuilder($"{time.UtcDateTime:HH:mm:ss.fff} {NameOf(level),-5} {name}");
        var roomBytes = LineBytesMax - ReservedBytes;
        foreach (var value in values)
            line.Append($"  {value.Name}={Cut(value.Value, ref roomBytes).ReplaceLineEndings(" ")}");
        return line.ToString();
    }

    /// <summary>
    /// As much of a value as there is room for in the line, whichever way its characters are written.
    /// </summary>
    private static string Cut(string value, ref int roomBytes)
    {
        for (var i = 0; i < value.Length; i++)
        {
            roomBytes -= char.IsBetween(value[i], ' ', '~') && value[i] is not ('"' or '\\') ? 1 : EscapeBytes;
            if (roomBytes < 0) return string.Concat(value.AsSpan(0, i), CutMark);
        }
        return value;
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Debug => "debug",
        LogLevel.Info => "info",
        LogLevel.Warn => "warn",
        _ => "error",
    };
}
