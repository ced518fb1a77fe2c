namespace Sidecar.Configuration;

/// <summary>Reads the bearer token for the health path: one line of visible ASCII (RFC 6750 section 2.1).</summary>
internal static class KeyFile
{
    private const int LengthMax = 8 * 1024;

    /// <summary>Null where no file is named, or with a fault.</summary>
    internal static string? Read(SettingValues values, string name)
    {
        if (values.File(name) is not { } path) return null;
        var fault = ReadableFile.TryRead(path, LengthMax + 1, out var bytes);
        var key = bytes.AsSpan().Trim(" \t\r\n"u8);
        fault ??= key switch
        {
            { Length: 0 } => "it is empty",
            { Length: > LengthMax } => "it is longer than 8KiB",
            _ when key.ContainsAny((byte)'\r', (byte)'\n') => "it has more than one line",
            _ when key.ContainsAnyExceptInRange((byte)'!', (byte)'~') => "it has other than visible ASCII characters",
            _ => null,
        };
        if (fault is null) return System.Text.Encoding.ASCII.GetString(key);
        values.Fault(name, fault);
        return null;
    }
}
