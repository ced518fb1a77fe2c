namespace Sidecar.Configuration.Values;

/// <summary>Looks whether a file that a setting names can be read, and says in plain words why not.</summary>
internal static class ReadableFile
{
    /// <summary>Null where it can be read.</summary>
    internal static string? FaultOf(string path) => TryRead(path, lengthMax: 0, out _);

    /// <summary>Reads at most <paramref name="lengthMax"/> bytes, since a device has no end.</summary>
    /// <returns>Null where that could be done, else why not.</returns>
    internal static string? TryRead(string path, int lengthMax, out byte[] bytes)
    {
        bytes = [];
        try
        {
            if (Directory.Exists(path)) return "it is a folder";
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var buffer = new byte[lengthMax];
            bytes = buffer[..file.ReadAtLeast(buffer, lengthMax, throwOnEndOfStream: false)];
            return null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return "no such file";
        }
        catch (UnauthorizedAccessException)
        {
            return "permission denied";
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or NotSupportedException)
        {
            return "it cannot be read";
        }
    }
}
