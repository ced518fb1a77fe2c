namespace Sidecar.Transport;

/// <summary>Periodic work on a reactor's thread; must be short.</summary>
public interface IReactorDuty
{
    /// <summary>
    /// Called every <see cref="Reactor.SweepTicks"/> or sooner. Work that is too much for one turn ends early and asks
    /// for another by <see cref="Reactor.SweepSoon"/>.
    /// </summary>
    void OnSweep(long nowTicks);
}
