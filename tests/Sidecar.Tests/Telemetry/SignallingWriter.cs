using System.Text;

namespace Sidecar.Tests.Telemetry;

/// <summary>An output that tells when a line has been flushed, to whoever waits without a thread of the pool.</summary>
internal sealed class SignallingWriter : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    internal ManualResetEventSlim Written { get; } = new();

    public override void Flush() => Written.Set();

    protected override void Dispose(bool disposing)
    {
        Written.Dispose();
        base.Dispose(disposing);
    }
}
