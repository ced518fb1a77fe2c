using System.Diagnostics;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>The published binary, run to its end.</summary>
internal static class SidecarCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string[] arguments, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(SidecarProcess.Binary, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output, await errors);
    }
}
