using Sidecar.Configuration;
using Sidecar.Telemetry;

namespace Sidecar.Host;

/// <summary><c>sidecar serve</c>: from the settings to the exit code.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan ComplaintPatience = TimeSpan.FromMilliseconds(200);

    internal static async Task<int> RunAsync()
    {
        if (Descriptors.AreTooFew()) return ExitCodes.Failure;
        using var signals = new SignalWatch();
        var source = new EnvironmentSource();
        var reading = SettingsReader.Read(source);
        if (CheckCommand.TellFaults(reading.Faults)) return ExitCodes.Usage;
        var settings = reading.Settings!;
        var log = new Log(StandardStreams.LogWriter(), settings.LogLevel, settings.LogFormat, TimeProvider.System);
        foreach (var text in reading.Unknown) log.Warn("setting-unknown", ("text", text));
        foreach (var text in reading.Warnings) log.Warn("setting-doubtful", ("text", text));
        var exitCode = await StartAndServeAsync(source, settings, log, signals);
        await log.DisposeAsync();
        await TellDroppedAsync(log);
        return exitCode;
    }

    private static async Task<int> StartAndServeAsync(
        ISettingSource source, SidecarSettings settings, Log log, SignalWatch signals)
    {
        RunningSidecar sidecar;
        try
        {
            sidecar = await RunningSidecar.StartAsync(settings, log, signals.Asked);
        }
        catch (StartFault fault)
        {
            StandardStreams.Complain(SettingsReader.FaultLine(source, fault.Setting, fault.Message));
            return fault.ExitCode;
        }
        catch (OperationCanceledException) when (signals.Asked.IsCancellationRequested)
        {
            return signals.ExitCode;
        }
        catch (Exception failure)
        {
            // Whatever it is, descriptors that have run out for one: nothing has been served yet, and nothing will be.
            StandardStreams.Complain($"sidecar: cannot start: {failure.GetBaseException().Message}");
            return ExitCodes.Failure;
        }
        await using (sidecar)
        {
            Announcement.Write(log, settings, sidecar);
            return await UntilDrainedAsync(sidecar, signals);
        }
    }

    /// <summary>Until a first signal, or somebody at the admin port, has begun the drain and it is over.</summary>
    private static async Task<int> UntilDrainedAsync(RunningSidecar sidecar, SignalWatch signals)
    {
        await using var asked = signals.Asked.Register(() => _ = sidecar.Drain.RunAsync());
        await sidecar.Drain.Begun;
        return signals.Conclude(await sidecar.Drain.RunAsync() == 0 ? ExitCodes.Success : ExitCodes.Failure);
    }

    /// <summary>Standard error may be the same pipe that nobody reads.</summary>
    private static Task TellDroppedAsync(Log log)
    {
        var count = log.DroppedCount.Value;
        if (count == 0) return Task.CompletedTask;
        var telling = Task.Run(() => StandardStreams.Complain($"sidecar: {count} lines of the log were not written"));
        return Task.WhenAny(telling, Task.Delay(ComplaintPatience));
    }
}
