using System.Diagnostics;
using System.Net;
using Sidecar.CommandLine;

namespace Sidecar.Trials;

/// <summary>
/// This program once more, in another part: so that the probe's pauses, the crowd's work and the model server's are
/// three processes with descriptors of their own. It speaks in lines, and ends when its input does.
/// </summary>
internal sealed class CompanionProcess : IAsyncDisposable
{
    private readonly Process _process;

    private CompanionProcess(Process process) => _process = process;

    /// <param name="words">The part, and its options.</param>
    internal static CompanionProcess Start(params string[] words)
    {
        var program = Environment.ProcessPath ?? throw new UsageException("this program does not know its own path");
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return new CompanionProcess(Process.Start(start) ?? throw new UsageException($"{program} did not start"));
    }

    /// <summary>A model server for trials.</summary>
    internal static async Task<(CompanionProcess Process, IPEndPoint EndPoint)> StartServerAsync()
    {
        var process = Start("server");
        return (process, IPEndPoint.Parse(await process.ReadAsync()));
    }

    internal async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync()
        ?? throw new InvalidOperationException($"a part of the trial ended: {_process.StartInfo.ArgumentList[0]}");

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
