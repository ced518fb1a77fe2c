using System.Buffers;
using System.Globalization;
using System.Text;
using Sidecar.Telemetry;

namespace Sidecar.Admin;

/// <summary>
/// Writes metrics in Prometheus' text format, version 0.0.4. Own code, because a series has to leave the page when its
/// workload is forgotten, which OpenTelemetry's exporter does not do. Allocates nothing; used by one thread for one
/// page.
/// </summary>
internal sealed class ExpositionWriter(IBufferWriter<byte> output)
{
    /// <summary>The longest double in its shortest exact form has 24 characters.</summary>
    private const int NumberBytesMax = 32;

    internal void Family(string name, string type, string help)
    {
        Text("# HELP ");
        Text(name);
        Text(" ");
        Text(help);
        Text("\n# TYPE ");
        Text(name);
        Text(" ");
        Text(type);
        Text("\n");
    }

    internal void Sample(string name, double value)
    {
        Text(name);
        Value(value);
    }

    /// <param name="name">Of the family.</param>
    /// <param name="label">The sample's only one.</param>
    /// <param name="labelValue">Any bytes; escaped here.</param>
    /// <param name="value">Of the sample.</param>
    internal void Sample(string name, string label, ReadOnlySpan<byte> labelValue, double value)
    {
        BeginLabel(name, label);
        Escaped(labelValue);
        EndLabel(value);
    }

    /// <param name="name">Of the family.</param>
    /// <param name="label">The sample's only one.</param>
    /// <param name="labelValue">A word of the sidecar's own, with nothing in it to be escaped.</param>
    /// <param name="value">Of the sample.</param>
    internal void Sample(string name, string label, string labelValue, double value)
    {
        BeginLabel(name, label);
        Text(labelValue);
        EndLabel(value);
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
        Span<long> counts = stackalloc long[bounds.Length + 1];
        histogram.CopyCountsTo(counts);
        var cumulated = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            cumulated += counts[i];
            Text(name);
            Text("_bucket{le=\"");
            if (i < bounds.Length) Number(bounds[i]);
            else Text("+Inf");
            EndLabel(cumulated);
        }
        Text(name);
        Text("_sum");
        Value(histogram.Sum);
        Text(name);
        Text("_count");
        Value(cumulated);
    }

    private void BeginLabel(string name, string label)
    {
        Text(name);
        Text("{");
        Text(label);
        Text("=\"");
    }

    private void EndLabel(double value)
    {
        Text("\"}");
        Value(value);
    }

    private void Value(double value)
    {
        Text(" ");
        Number(value);
        Text("\n");
    }

    private void Number(double value)
    {
        value.TryFormat(output.GetSpan(NumberBytesMax), out var count, "R", CultureInfo.InvariantCulture);
        output.Advance(count);
    }

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
