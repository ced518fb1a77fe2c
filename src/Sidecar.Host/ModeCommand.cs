namespace Sidecar.Host;

/// <summary><c>sidecar mode</c>: tells how the running sidecar dispatches, or changes it while requests wait.</summary>
internal static class ModeCommand
{
    private const string Path = "/mode";

    internal static Task<int> RunAsync(ReadOnlySpan<string> arguments)
    {
        var changes = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, isOption) = arguments[i] switch
            {
                "--policy" => ("policy", true),
                "--percent" => ("enforce_percent", true),
                _ => ("mode", false),
            };
            if (isOption && ++i == arguments.Length) return Task.FromResult(Misused());
            if (!isOption && arguments[i].StartsWith('-')) return Task.FromResult(Misused());
            changes.Add($"{name}={Uri.EscapeDataString(arguments[i])}");
        }
        return changes.Count == 0
            ? AdminCommand.RunAsync(HttpMethod.Get, Path)
            : AdminCommand.RunAsync(HttpMethod.Post, $"{Path}?{string.Join('&', changes)}");
    }

    private static int Misused()
    {
        StandardStreams.Complain("usage: sidecar mode [off|shadow|enforce] [--policy POLICY] [--percent N]");
        return ExitCodes.Usage;
    }
}
