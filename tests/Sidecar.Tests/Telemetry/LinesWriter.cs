using System.Collections.Concurrent;
using System.Text;

namespace Sidecar.Tests.Telemetry;

/// <summary>An output whose lines can be read while others are still written.</summary>
internal sealed class LinesWriter : TextWriter
{
    private readonly ConcurrentQueue<string> _lines = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => _lines.Enqueue(value!);

    /// <summary>What follows the event's name in each of its lines.</summary>
    internal string[] Of(string name) =>
    [
        .. _lines.Where(line => line.Contains($" {name}  ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(name, StringComparison.Ordinal) + name.Length + 2)..]),
    ];
}
