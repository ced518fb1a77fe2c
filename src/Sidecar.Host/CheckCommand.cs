using System.Net.Sockets;
using Sidecar.Configuration;
using Sidecar.Upstream;

namespace Sidecar.Host;

/// <summary>
/// <c>sidecar check</c>: the effective configuration, or every fault in it. Names that are not known are faults here.
/// </summary>
internal static class CheckCommand
{
    private static readonly TimeSpan ResolverPatience = TimeSpan.FromSeconds(5);

    internal static async Task<int> RunAsync()
    {
        if (Descriptors.AreTooFew()) return ExitCodes.Failure;
        var source = new EnvironmentSource();
        var reading = SettingsReader.Read(source);
        foreach (var warning in reading.Warnings) StandardStreams.Complain($"warning: {warning}");
        var own = reading.Settings is null ? null : await OwnListenerAsync(source, reading.Settings);
        if (TellFaults([.. reading.Faults, .. reading.Unknown, .. own is null ? (string[])[] : [own]]))
            return ExitCodes.Usage;
        var text = SettingsReader.Effective(source).Select(one =>
            $"{one.Setting.Name}={one.Value}{(one.IsSet ? "" : "  (default)")}\n");
        return StandardStreams.TryPrint(string.Concat(text)) ? ExitCodes.Success : ExitCodes.Failure;
    }

    /// <summary>One line per fault on standard error; true if there is any.</summary>
    internal static bool TellFaults(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults) StandardStreams.Complain(fault);
        return faults.Count > 0;
    }

    /// <summary>As far as a resolver answers: the check may run far from where the sidecar will.</summary>
    private static async Task<string?> OwnListenerAsync(ISettingSource source, SidecarSettings settings)
    {
        if (settings.Upstream is not { } upstream) return null;
        try
        {
            using var patience = new CancellationTokenSource(ResolverPatience);
            var addresses = new UpstreamAddresses(upstream);
            await addresses.ResolveAsync(patience.Token);
            return OwnListener.FaultOf(addresses.All, settings.Listen, settings.Admin) is { } reason
                ? SettingsReader.FaultLine(source, Settings.Upstream, reason)
                : null;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            var reason = SettingsReader.FaultLine(source, Settings.Upstream, ListenFault.ReasonOf(failure));
            StandardStreams.Complain($"warning: {reason}");
            return null;
        }
    }
}
