namespace Sidecar.Transport.Kernel;

/// <summary>
/// A peer on another machine that vanished without a word is noticed after two minutes: 60 s of silence, then four
/// probes 15 s apart (tcp(7)).
/// </summary>
internal static class KeepAliveProbes
{
    private const int IdleSeconds = 60, IntervalSeconds = 15, Probes = 4;

    /// <summary>For a TCP socket; what it accepts inherits the same.</summary>
    internal static void Set(int descriptor)
    {
        Libc.SetOption(descriptor, Libc.LevelSocket, Libc.OptionKeepAlive, 1);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveIdle, IdleSeconds);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveInterval, IntervalSeconds);
        Libc.SetOption(descriptor, Libc.LevelTcp, Libc.OptionKeepAliveCount, Probes);
    }
}
