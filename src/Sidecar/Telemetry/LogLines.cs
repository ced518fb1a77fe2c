using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sidecar.Telemetry;

/// <summary>Makes the lines of the log. Pure; any thread.</summary>
internal sealed class LogLines(LogFormat format)
{
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
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("ts", time.UtcDateTime);
            json.WriteString("level", NameOf(level));
            json.WriteString("event", name);
            foreach (var value in values) json.WriteString(value.Name, value.Value);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Text(
        DateTimeOffset time, LogLevel level, string name, ReadOnlySpan<(string Name, string Value)> values)
    {
        var line = new StringBuilder($"{time.UtcDateTime:HH:mm:ss.fff} {NameOf(level),-5} {name}");
        foreach (var value in values) line.Append($"  {value.Name}={value.Value.ReplaceLineEndings(" ")}");
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
