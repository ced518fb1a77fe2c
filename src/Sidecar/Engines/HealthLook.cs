namespace Sidecar.Engines;

/// <summary>A look at the model server's health, as it stood when the look began.</summary>
/// <param name="Closings">How often the gate had been closed: what closed it later is not answered by this.</param>
/// <param name="StartedTicks">Monotonic time.</param>
internal readonly record struct HealthLook(int Closings, long StartedTicks);
