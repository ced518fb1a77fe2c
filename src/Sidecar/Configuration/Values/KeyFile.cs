using System.Text;

namespace Sidecar.Configuration.Values;

/// <summary>A file with a bearer token: one line of visible ASCII (RFC 6750 section 2.1), at most 8 KiB.</summary>
internal static class KeyFile
{
    private const int LengthMax = 8 * 1024;

    private static readonly ValueKind<string?> File = ValueKinds.File();

    /// <summary>Null where no file is named.</summary>
    internal static ValueKind<string?> Kind { get; } = new(File.Accepted, Read);

    private static string? Read(SettingText given, out string? key)
    {
        key = null;
        var fault = File.Read(given, out var path);
        if (fault is not null || path is null) return fault;
        fault = ReadableFile.TryRead(path, LengthMax + 1, out var bytes);
        var token = bytes.AsSpan().Trim(" \t\r\n"u8);
        key = Encoding.ASCII.GetString(token);
        return fault ?? token switch
        {
            { Length: 0 } => "it is empty",
            { Length: > LengthMax } => "it is longer than 8KiB",
            _ when token.ContainsAny((byte)'\r', (byte)'\n') => "it has more than one line",
            _ when token.ContainsAnyExceptInRange((byte)'!', (byte)'~') => "it has other than visible ASCII characters",
            _ => null,
        };
    }
}
