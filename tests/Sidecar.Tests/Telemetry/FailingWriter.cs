namespace Sidecar.Tests.Telemetry;

/// <summary>An output whose disk is full for a while.</summary>
internal sealed class FailingWriter : StringWriter
{
    private volatile bool _fails = true;

    internal bool Fails
    {
        set => _fails = value;
    }

    public override void Flush()
    {
        if (_fails) throw new IOException("No space left on device");
    }
}
