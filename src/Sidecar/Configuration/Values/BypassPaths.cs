namespace Sidecar.Configuration.Values;

/// <summary>Paths that never queue. An empty value counts as not set: a word stands for no path at all, and one for
/// <see cref="EnginePaths"/>, alone or beside others.</summary>
internal static class BypassPaths
{
    internal const string Engines = "engines";

    private const string None = "none";

    internal static ValueKind<string[]> Kind { get; } = new(
        $"paths with commas between, {Engines} (docs/queueing.md) among them, or {None}; a trailing * makes a prefix",
        Read);

    private static string? Read(SettingText given, out string[] paths)
    {
        paths = [];
        if (given.Is(None)) return null;
        var told = given.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        paths = [.. told.SelectMany(path => IsEngines(path) ? EnginePaths.All : [path]).Distinct()];
        if (paths.Any(path => !path.StartsWith('/'))) return ValueKinds.NotAccepted;
        // It would be taken for a star, which no request's path has.
        return paths.Any(path => path.AsSpan(0, path.Length - 1).Contains('*'))
            ? "a * may only stand at the end of a path"
            : null;
    }

    private static bool IsEngines(string word) => word.Equals(Engines, StringComparison.OrdinalIgnoreCase);
}
