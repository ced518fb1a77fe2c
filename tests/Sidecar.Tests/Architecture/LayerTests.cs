using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

public partial class LayerTests
{
    private const string Library = "src/Sidecar";

    /// <summary>Each folder uses only those before it; what lies in a folder of its own belongs to it.</summary>
    private static readonly string[] Layers =
    [
        "Primitives", "Http", "Workloads", "Scheduling", "Admission", "Transport", "Upstream", "Engines",
        "Downstream", "Proxy", "Admin", "Configuration",
    ];

    /// <summary>Used by all layers; each uses only those before it.</summary>
    private static readonly string[] Foundations = ["Records", "Telemetry", "Lifecycle"];

    [Fact]
    public void Folders_AreTheKnownLayers() => Assert.Equal(
        Layers.Concat(Foundations).Order(),
        Repository.SourceFiles(Library).Select(path => LayerOf(InLibrary(path))).Distinct().Order());

    [Fact]
    public void Files_UseOnlyLayersAboveTheirs() => Assert.Empty(
        Repository.SourceFiles(Library).SelectMany(path => Faults(InLibrary(path), File.ReadAllText(path))));

    [Theory]
    [InlineData("Transport/Tls/A.cs", "using Sidecar.Proxy;", "Proxy")]
    [InlineData("Transport/Tls/Deep/A.cs", "using Sidecar.Upstream;", "Upstream")]
    [InlineData("Http/A.cs", "using Sidecar.Transport.Tls;", "Transport")]
    [InlineData("Workloads/A.cs", "    private Scheduling.ScoreFunction _score;", "Scheduling")]
    [InlineData("Telemetry/A.cs", "using Sidecar.Primitives;", "Primitives")]
    [InlineData("Telemetry/A.cs", "using Sidecar.Lifecycle;", "Lifecycle")]
    [InlineData("Records/A.cs", "using Sidecar.Telemetry;", "Telemetry")]
    [InlineData("Elsewhere/A.cs", "using Sidecar.Http;", "Http")]
    [InlineData("A.cs", "using Sidecar.Http;", "Http")]
    public void UseOfALayerThatIsNotAbove_IsAFault(string file, string text, string used) =>
        Assert.Equal([$"{file} uses {used}"], Faults(file, text));

    [Theory]
    [InlineData("Transport/Tls/A.cs", "using Sidecar.Transport; using Sidecar.Http; using Sidecar.Telemetry;")]
    [InlineData("Transport/A.cs", "using Sidecar.Transport.Tls;")]
    [InlineData("Configuration/A.cs", "settings.Proxy.Options; using Sidecar.Proxy; using System.Http.X;")]
    public void UseOfALayerAbove_IsNone(string file, string text) => Assert.Empty(Faults(file, text));

    [Fact]
    public void Environment_IsReadByTheHostAlone()
    {
        var readers = Repository.SourceFiles("src")
            .Where(path => File.ReadAllText(path).Contains("Environment.GetEnvironmentVariable"))
            .Select(Repository.Relative).ToArray();

        Assert.NotEmpty(readers);
        Assert.All(readers, path => Assert.StartsWith("src/Sidecar.Host/", path));
    }

    private static string InLibrary(string path) => Path.GetRelativePath(Path.Combine(Repository.Root, Library), path);

    private static string LayerOf(string file) => file.Split('/', '\\')[0];

    private static IEnumerable<string> Faults(string file, string text)
    {
        var layer = LayerOf(file);
        string[] allowed = Layers.Contains(layer) ? [layer, .. Layers.TakeWhile(name => name != layer), .. Foundations]
            : Foundations.Contains(layer) ? [layer, .. Foundations.TakeWhile(name => name != layer)] : [];
        return LayerName().Matches(text).Select(match => match.Groups[1].Value)
            .Where(used => !allowed.Contains(used) && Layers.Concat(Foundations).Contains(used)).Distinct()
            .Select(used => $"{file} uses {used}");
    }

    /// <summary>Whole, or as it may be written within the namespace of the library.</summary>
    [GeneratedRegex(@"(?:\bSidecar\.|(?<![\w.])(?=\w+\.[A-Z]))([A-Z][A-Za-z]+)\b")]
    private static partial Regex LayerName();
}
