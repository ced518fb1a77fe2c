using System.Runtime.InteropServices;

namespace Sidecar.Trials;

/// <summary>
/// Blocks the calling thread to within some 60 us, or shorter if a signal comes; the runtime's own sleep counts in
/// milliseconds.
/// </summary>
internal static class PreciseSleep
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    internal static void For(TimeSpan span)
    {
        if (span <= TimeSpan.Zero) return;
        var nanoseconds = (long)span.TotalNanoseconds;
        var time = new TimeSpec(nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond);
        _ = Sleep(in time, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int Sleep(in TimeSpec time, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(long seconds, long nanoseconds)
    {
        private readonly nint _seconds = (nint)seconds;
        private readonly nint _nanoseconds = (nint)nanoseconds;
    }
}
