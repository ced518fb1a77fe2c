using System.Text;

namespace Sidecar.Tests.Telemetry;

/// <summary>An output that takes nothing until it is released: a pipe that nobody reads.</summary>
internal sealed class BlockedWriter : TextWriter
{
    private readonly ManualResetEventSlim _released = new();

    public override Encoding Encoding => Encoding.UTF8;

    internal int LineCount { get; private set; }

    public override void WriteLine(string? value)
    {
        _released.Wait();
        LineCount++;
    }

    internal void Release() => _released.Set();

    protected override void Dispose(bool disposing)
    {
        Release();
        base.Dispose(disposing);
    }
}
