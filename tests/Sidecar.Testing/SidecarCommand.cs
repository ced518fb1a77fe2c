using System.Diagnostics;

namespace Sidecar.Testing;

/// <summary>The published binary, run to its end.</summary>
public static class SidecarCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string[] arguments, params (string Name, string Value)[] settings) =>
        RunAsync(SidecarProcess.Binary, arguments, settings);

    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string binary, string[] arguments, params (string Name, string Value)[] settings) =>
        RunAsync(new ProcessStartInfo(binary, arguments), settings);

    /// <param name="script">In which <c>$0</c> is the binary.</param>
    /// <param name="settings">All that the environment holds.</param>
    public static Task<(int ExitCode, string Output, string Errors)> RunInShellAsync(
        string script, params (string Name, string Value)[] settings) =>
        RunAsync(new ProcessStartInfo("/bin/sh", ["-c", script, SidecarProcess.Binary]), settings);

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        ProcessStartInfo start, (string Name, string Value)[] settings)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, await output, await errors);
    }
}
