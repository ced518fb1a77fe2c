namespace Sidecar.Admission;

/// <summary>What a policy would have done for the requests of one criticality, in sum since the shadow began.</summary>
/// <param name="Requests">Those that would have been sent, and were.</param>
/// <param name="Ticks">Of waiting that they would have been spared; below 0 where it would have cost them more.</param>
/// <param name="Places">Dispatches that they would have been earlier; below 0 where later.</param>
/// <param name="Served">Requests that timed out or left, and would have been sent before.</param>
/// <param name="Lost">Requests that were sent, and would have timed out.</param>
internal readonly record struct ShadowGain(long Requests, long Ticks, long Places, long Served, long Lost)
{
    public double Seconds => (double)Ticks / TimeSpan.TicksPerSecond;
}
