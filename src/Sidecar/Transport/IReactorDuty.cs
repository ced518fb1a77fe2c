namespace Sidecar.Transport;

/// <summary>Periodic work on a reactor's thread; must be short.</summary>
internal interface IReactorDuty
{
    /// <summary>When the next sweep is needed if nothing happens on the reactor before; the largest long: never. A time
    /// that has passed asks for the usual pace. Read after a round in which nothing happened.</summary>
    long NextDueTicks { get; }

    /// <summary>
    /// Called every <see cref="Reactor.SweepTicks"/> or sooner; while nothing happens on the reactor, when the duty is
    /// due and now and then. Work too long for one turn ends early and calls <see cref="Reactor.SweepSoon"/>.
    /// </summary>
    void OnSweep(long nowTicks);
}
