namespace Sidecar.Transport;

/// <summary>How long a reactor waits for events. Pure.</summary>
internal static class ReactorPace
{
    /// <summary>The wait after a round without event, mail or passed deadline: until the first known deadline or duty,
    /// since deadlines are set on the reactor's own thread alone.</summary>
    /// <param name="nowTicks">When the round began.</param>
    /// <param name="dueTicks">The earliest of the deadlines and duties; the largest long: there is none.</param>
    /// <param name="sleepTicksMax">Not below <see cref="Reactor.SweepTicks"/>.</param>
    /// <returns>Milliseconds, rounded up, so that the due time has passed when the wait is over.</returns>
    internal static int QuietMilliseconds(long nowTicks, long dueTicks, long sleepTicksMax) =>
        Milliseconds(Math.Clamp(dueTicks - nowTicks, Reactor.SweepTicks, sleepTicksMax));

    /// <summary>The wait while anything happens, in milliseconds.</summary>
    internal static int UsualMilliseconds => Milliseconds(Reactor.SweepTicks);

    private static int Milliseconds(long ticks) =>
        (int)((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
}
