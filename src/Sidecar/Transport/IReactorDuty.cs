namespace Sidecar.Transport;

/// <summary>Periodic work on a reactor's thread; must be short.</summary>
internal interface IReactorDuty
{
    /// <summary>
    /// When the next sweep is needed if nothing happens on the reactor before; the largest long: not at all. What has
    /// passed means: at the usual pace. Read after a round in which nothing happened.
    /// </summary>
    long NextDueTicks { get; }

    /// <summary>
    /// Called every <see cref="Reactor.SweepTicks"/> or sooner; while nothing happens on the reactor, when it is due
    /// and now and then. Work that is too much for one turn ends early and asks for another by
    /// <see cref="Reactor.SweepSoon"/>.
    /// </summary>
    void OnSweep(long nowTicks);
}
