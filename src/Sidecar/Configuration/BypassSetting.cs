namespace Sidecar.Configuration;

/// <summary>Reads <c>SIDECAR_BYPASS</c>.</summary>
internal static class BypassSetting
{
    private const string Name = "SIDECAR_BYPASS", None = "none";

    /// <summary>An empty value counts as not set, so that a word stands for no path at all.</summary>
    internal static string[] Read(SettingValues values)
    {
        if (values.Is(Name, None)) return [];
        const StringSplitOptions clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var paths = values.Text(Name).Split(',', clean);
        if (paths.Any(path => !path.StartsWith('/'))) values.Fault(Name);
        // It would be taken for a star, which no request's path has.
        else if (paths.Any(path => path.AsSpan(0, path.Length - 1).Contains('*')))
            values.Fault(Name, "a * may only stand at the end of a path");
        return paths;
    }
}
