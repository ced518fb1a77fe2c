namespace Sidecar.Load.Running;

/// <summary>Holds a lock file while a measurement runs, for machines on which other heavy work takes the same lock
/// (<c>flock FILE make …</c>): .NET's exclusive open is that same advisory lock.</summary>
public static class MachineLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>Dispose it to let others go on.</returns>
    public static async Task<IDisposable> TakeAsync(string path, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, stop);
            }
        }
    }
}
