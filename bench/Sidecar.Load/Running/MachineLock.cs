using System.Diagnostics;
using Sidecar.CommandLine;

namespace Sidecar.Load.Running;

/// <summary>Holds a lock file while a measurement runs, for machines on which other heavy work takes the same lock
/// (<c>flock FILE make …</c>). A child process waits for it in the kernel's queue: trying again and again from here
/// would never win against those who wait there.</summary>
public sealed class MachineLock : IDisposable
{
    private readonly Process _holder;

    private MachineLock(Process holder) => _holder = holder;

    /// <returns>Dispose it to let others go on; the end of this process lets go too.</returns>
    public static async Task<MachineLock> TakeAsync(string path, CancellationToken stop)
    {
        var start = new ProcessStartInfo("flock", [path, "sh", "-c", "echo held; read -r _ || true"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var held = new MachineLock(Process.Start(start) ?? throw new UsageException("flock did not start"));
        if (await held._holder.StandardOutput.ReadLineAsync(stop) is "held") return held;
        held.Dispose();
        throw new UsageException($"the lock {path} could not be taken");
    }

    public void Dispose()
    {
        _holder.StandardInput.Close(); // the shell's read ends, and with it the lock
        _holder.WaitForExit();
        _holder.Dispose();
    }
}
