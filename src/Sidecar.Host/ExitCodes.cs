namespace Sidecar.Host;

internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>What was asked for failed.</summary>
    internal const int Failure = 1;

    /// <summary>EX_USAGE of sysexits.h: the settings or the command line are wrong.</summary>
    internal const int Usage = 64;

    /// <summary>Plus a signal's number: ended at once by that signal, as shells tell it.</summary>
    internal const int Signal = 128;
}
