namespace Sidecar.Transport;

/// <summary>How long a reactor waits for events: pure.</summary>
internal static class ReactorPace
{
    /// <summary>
    /// After a round without an event, a mail or a passed deadline nothing can be due before what is known to be, since
    /// deadlines are set on the reactor's own thread: it sleeps until then.
    /// </summary>
    /// <param name="nowTicks">When the round began.</param>
    /// <param name="dueTicks">The earliest of the deadlines and duties; the largest long: there is none.</param>
    /// <param name="sleepTicksMax">Not below <see cref="Reactor.SweepTicks"/>.</param>
    /// <returns>In ms, rounded up, so that what is due has passed when the wait is over.</returns>
    internal static int QuietMilliseconds(long nowTicks, long dueTicks, long sleepTicksMax) =>
        Milliseconds(Math.Clamp(dueTicks - nowTicks, Reactor.SweepTicks, sleepTicksMax));

    /// <summary>While anything happens.</summary>
    internal static int UsualMilliseconds => Milliseconds(Reactor.SweepTicks);

    private static int Milliseconds(long ticks) =>
        (int)((ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
}
