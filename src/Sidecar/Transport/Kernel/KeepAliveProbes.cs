namespace Sidecar.Transport.Kernel;

/// <summary>Notices a vanished machine after two minutes: 60 s of silence, then 4 probes, 15 s apart
/// (tcp(7)).</summary>
internal static class KeepAliveProbes
{
    private const int IdleSeconds = 60, IntervalSeconds = 15, Probes = 4;

    /// <summary>Sets the probes of a TCP socket; the sockets that it accepts inherit them.</summary>
    internal static void Set(int descriptor)
    {
        Libc.SetOption(descriptor, Libc.LevelSocket, Libc.OptionKeepAlive, 1);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveIdle, IdleSeconds);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveInterval, IntervalSeconds);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveCount, Probes);
    }
}
