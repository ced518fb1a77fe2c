using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sidecar.Configuration;
using Sidecar.Telemetry;

namespace Sidecar.Host;

/// <summary><c>sidecar serve</c>: from the settings to the exit code.</summary>
internal static class ServeCommand
{
    internal static async Task<int> RunAsync()
    {
        var reading = SettingsReader.Read(new EnvironmentSource());
        if (CheckCommand.TellFaults(reading.Faults)) return ExitCodes.Usage;
        var settings = reading.Settings!;
        await using var log = new Log(Console.Out, settings.LogLevel, settings.LogFormat, TimeProvider.System);
        foreach (var warning in reading.Warnings) log.Warn("setting-unknown", ("text", warning));
        try
        {
            await using var sidecar = await RunningSidecar.StartAsync(settings, log);
            Announcement.Write(log, settings, sidecar);
            return await UntilDrainedAsync(sidecar.Drain);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            Console.Error.WriteLine($"sidecar: cannot start: {failure.Message}");
            return ExitCodes.Failure;
        }
    }

    /// <summary>
    /// A first SIGTERM or SIGINT begins the drain; a second one ends the process as it would without us.
    /// </summary>
    private static async Task<int> UntilDrainedAsync(Drain drain)
    {
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Begin);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Begin);
        await drain.Begun;
        return await drain.RunAsync() == 0 ? ExitCodes.Success : ExitCodes.Failure;

        void Begin(PosixSignalContext signal)
        {
            signal.Cancel = !drain.Begun.IsCompleted;
            _ = drain.RunAsync();
        }
    }
}
