using System.Buffers;
using System.Globalization;
using System.Text;
using Sidecar.Telemetry;

namespace Sidecar.Admin;

/// <summary>
/// Writes metrics in Prometheus' text format, version 0.0.4. Own code, because a series has to leave the page when its
/// workload is forgotten, which OpenTelemetry's exporter does not do. Used by one thread for one page.
/// </summary>
internal sealed class ExpositionWriter(IBufferWriter<byte> output)
{
    internal void Family(string name, string type, string help)
    {
        Text($"# HELP {name} {help}\n# TYPE {name} {type}\n");
    }

    internal void Sample(string name, double value) => Sample(name, "", default, value);

    /// <param name="name">Of the family, with a suffix where the type has one.</param>
    /// <param name="label">Empty for none.</param>
    /// <param name="labelValue">Any bytes; escaped here.</param>
    /// <param name="value">Of the sample.</param>
    internal void Sample(string name, string label, ReadOnlySpan<byte> labelValue, double value)
    {
        Text(name);
        if (label.Length > 0)
        {
            Text($"{{{label}=\"");
            Escaped(labelValue);
            Text("\"}");
        }
        Text($" {Number(value)}\n");
    }

    internal void Single(string name, string type, string help, double value)
    {
        Family(name, type, help);
        Sample(name, value);
    }

    internal void Histogram(string name, string help, Histogram histogram)
    {
        Family(name, "histogram", help);
        var bounds = histogram.UpperBounds;
        var counts = new long[bounds.Length + 1];
        histogram.CopyCountsTo(counts);
        var cumulated = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            cumulated += counts[i];
            var bound = i < bounds.Length ? Number(bounds[i]) : "+Inf";
            Sample($"{name}_bucket", "le", Encoding.ASCII.GetBytes(bound), cumulated);
        }
        Sample($"{name}_sum", histogram.Sum);
        Sample($"{name}_count", cumulated);
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);

    private void Escaped(ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            switch (octet)
            {
                case (byte)'\\':
                    output.Write("\\\\"u8);
                    break;
                case (byte)'"':
                    output.Write("\\\""u8);
                    break;
                case (byte)'\n':
                    output.Write("\\n"u8);
                    break;
                default:
                    output.Write([octet]);
                    break;
            }
        }
    }
}
