namespace Sidecar.Engines.Limits;

/// <summary>
/// Finds out of when a model server's page is, and whether it can be believed: the requests that it tells, running and
/// waiting, are those that were in flight at some time of the last while. Pure; one thread. Bound: 128 samples.
/// </summary>
/// <remarks>
/// Pages were seen 3 to 6 s late under load, and 0 for 18 s after a cold start (vllm#49538). One that tells what never
/// was is not believed; one that tells more than ever was in flight counts others' requests too, and is.
/// </remarks>
internal sealed class PageSensor
{
    private const int SamplesMax = 128;
    private const double Tolerance = 0.05;

    private readonly (long Ticks, int InFlight)[] _samples = new (long, int)[SamplesMax];
    private int _count;
    private int _next;
    private long _seenTicks = long.MinValue / 2;

    /// <summary>What is in flight at a time; some ten times a second.</summary>
    internal void Note(int inFlight, long nowTicks)
    {
        _samples[_next] = (nowTicks, inFlight);
        _next = (_next + 1) % SamplesMax;
        _count = Math.Min(_count + 1, SamplesMax);
    }

    /// <summary>False where the page tells what never was.</summary>
    /// <param name="running">As the page has it.</param>
    /// <param name="waiting">As the page has it.</param>
    /// <param name="askedTicks">When the page was asked for.</param>
    /// <param name="seenTicks">Of when the page is; never earlier than the one before.</param>
    internal bool TryDate(int running, int waiting, long askedTicks, out long seenTicks)
    {
        var (told, most) = ((long)running + waiting, 0);
        for (var i = 1; i <= _count; i++)
        {
            var (ticks, inFlight) = _samples[(_next - i + SamplesMax) % SamplesMax];
            if (ticks > askedTicks) continue;
            most = Math.Max(most, inFlight);
            if (Math.Abs(inFlight - told) > Math.Max(1, told * Tolerance)) continue;
            seenTicks = _seenTicks = Math.Max(_seenTicks, ticks);
            return true;
        }
        seenTicks = told > most ? _seenTicks = askedTicks : _seenTicks;
        return told > most && _count > 0;
    }
}
