namespace Sidecar.Configuration.Values;

/// <summary>Paths that never queue. An empty value counts as not set: a word stands for no path at all.</summary>
internal static class BypassPaths
{
    private const string None = "none";

    internal static ValueKind<string[]> Kind { get; } = new(
        $"paths with commas between, or {None}; a trailing * makes a prefix", Read);

    private static string? Read(SettingText given, out string[] paths)
    {
        paths = [];
        if (given.Is(None)) return null;
        paths = given.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (paths.Any(path => !path.StartsWith('/'))) return ValueKinds.NotAccepted;
        // It would be taken for a star, which no request's path has.
        return paths.Any(path => path.AsSpan(0, path.Length - 1).Contains('*'))
            ? "a * may only stand at the end of a path"
            : null;
    }
}
