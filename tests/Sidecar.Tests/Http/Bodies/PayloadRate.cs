using Sidecar.Http.Bodies;

namespace Sidecar.Tests.Http.Bodies;

/// <summary>A second looker at payloads, as a count of tokens would be one: bytes per second.</summary>
/// <param name="nowTicks">Monotonic, ticks of 100 ns.</param>
internal struct PayloadRate(Func<long> nowTicks) : IPayloadLooker
{
    private readonly long _beganTicks = nowTicks();
    private long _bytes;

    public void Look(ReadOnlySpan<byte> payload) => _bytes += payload.Length;

    internal readonly double BytesPerSecond => _bytes / ((nowTicks() - _beganTicks) / (double)TimeSpan.TicksPerSecond);
}
