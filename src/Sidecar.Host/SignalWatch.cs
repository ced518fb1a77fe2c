using System.Runtime.InteropServices;
using Sidecar.Lifecycle;

namespace Sidecar.Host;

/// <summary>
/// SIGTERM, SIGINT and SIGQUIT: the first is told by <see cref="Asked"/>, the second ends the process on the spot. From
/// before anything else is started until the very end, so that none is lost or taken for its default.
/// </summary>
internal sealed partial class SignalWatch : IDisposable
{
    private readonly EndSignals _signals = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _first;
    private volatile int _exitCode = -1;

    internal SignalWatch() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => On(signal, 15)),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => On(signal, 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => On(signal, 3)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Asked => _signals.Asked;

    /// <summary>What a shell tells of a process that the first signal has ended.</summary>
    internal int ExitCode => ExitCodes.Signal + _first;

    /// <summary>Notes what has come of the drain: a second signal after that ends the process with it.</summary>
    internal int Conclude(int exitCode) => _exitCode = exitCode;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void On(PosixSignalContext signal, int number)
    {
        // Its default action is not left to the runtime: other handlers may cancel it, and process 1 has none.
        signal.Cancel = true;
        if (_first == 0) _first = number;
        if (_signals.Count()) ExitNow(_exitCode >= 0 ? _exitCode : ExitCodes.Signal + number);
    }

    /// <summary>Waits for nothing, not even for what the runtime would do at its end.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
