namespace Sidecar.Tests.Admission;

/// <summary>The system's clock, running faster by a factor.</summary>
internal sealed class FastTime(int factor) : TimeProvider
{
    private readonly long _start = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => (System.GetTimestamp() - _start) * factor;
}
