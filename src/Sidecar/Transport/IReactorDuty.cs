namespace Sidecar.Transport;

/// <summary>Periodic work on a reactor's thread; must be short.</summary>
public interface IReactorDuty
{
    /// <summary>Called every <see cref="Reactor.SweepTicks"/> or sooner. True asks to be called again at once.</summary>
    bool OnSweep(long nowTicks);
}
