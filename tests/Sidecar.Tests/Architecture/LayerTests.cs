using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

public partial class LayerTests
{
    /// <summary>Each folder uses only those before it.</summary>
    private static readonly string[] Layers =
    [
        "Primitives", "Http", "Workloads", "Scheduling", "Admission", "Transport", "Upstream", "Engines",
        "Downstream", "Proxy", "Admin", "Configuration",
    ];

    /// <summary>Used by all, using none.</summary>
    private static readonly string[] Foundations = ["Telemetry", "Lifecycle"];

    [Fact]
    public void Folders_AreTheKnownLayers()
    {
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src/Sidecar"))
            .Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj"));

        Assert.Equal(Layers.Concat(Foundations).Order(), folders.Order());
    }

    [Fact]
    public void Files_UseOnlyLayersAboveTheirs()
    {
        var faults = new List<string>();
        foreach (var path in Repository.SourceFiles("src/Sidecar"))
        {
            var layer = Path.GetFileName(Path.GetDirectoryName(path)!);
            var allowed = Allowed(layer);
            foreach (Match match in LayerName().Matches(File.ReadAllText(path)))
            {
                var used = match.Groups[1].Value;
                if (used != layer && !allowed.Contains(used) && Layers.Concat(Foundations).Contains(used))
                    faults.Add($"{Repository.Relative(path)} uses {used}");
            }
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Environment_IsReadByTheHostAlone()
    {
        var readers = Repository.SourceFiles("src")
            .Where(path => File.ReadAllText(path).Contains("Environment.GetEnvironmentVariable"))
            .Select(Repository.Relative);

        Assert.All(readers, path => Assert.StartsWith("src/Sidecar.Host/", path));
    }

    private static string[] Allowed(string layer) =>
        Foundations.Contains(layer) ? [] : [.. Layers.TakeWhile(name => name != layer), .. Foundations];

    [GeneratedRegex(@"\bSidecar\.([A-Z][A-Za-z]+)\b")]
    private static partial Regex LayerName();
}
