using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

public partial class LayerTests
{
    private const string Library = "src/Sidecar";

    /// <summary>Each room uses only those before it.</summary>
    private static readonly string[] Rooms =
    [
        "Primitives",
        "Http", "Http/Bodies", "Http/Fields", "Http/Requests", "Http/Responses",
        "Workloads",
        "Scheduling/Heaps", "Scheduling/Orders", "Scheduling",
        "Admission/Plans", "Admission",
        "Transport/Kernel", "Transport/Buffers", "Transport/Tls", "Transport",
        "Upstream", "Engines/Limits", "Engines/Pages", "Engines", "Downstream",
        "Proxy", "Proxy/Relay", "Proxy/Line", "Proxy/Server",
        "Admin", "Configuration/Values", "Configuration",
    ];

    /// <summary>Used by all rooms; each uses only those before it.</summary>
    private static readonly string[] Foundations = ["Records", "Telemetry", "Lifecycle"];

    [Fact]
    public void Folders_AreTheKnownRooms() => Assert.Equal(
        Rooms.Concat(Foundations).Order(),
        Repository.SourceFiles(Library).Select(path => RoomOf(InLibrary(path))).Distinct().Order());

    [Fact]
    public void Files_UseOnlyRoomsBeforeTheirs() => Assert.Empty(
        Repository.SourceFiles(Library).SelectMany(path => Faults(InLibrary(path), File.ReadAllText(path))));

    [Theory]
    [InlineData("Transport/Tls/A.cs", "using Sidecar.Proxy.Line;", "Proxy/Line")]
    [InlineData("Transport/Tls/A.cs", "    private Reactor? _reactor;", "Transport")]
    [InlineData("Scheduling/Heaps/A.cs", "using Sidecar.Scheduling.Orders;", "Scheduling/Orders")]
    [InlineData("Proxy/Relay/A.cs", "using Sidecar.Proxy.Server;", "Proxy/Server")]
    [InlineData("Proxy/Line/A.cs", "    private Server.ProxyWorker _worker;", "Proxy/Server")]
    [InlineData("Http/A.cs", "using Sidecar.Transport.Tls;", "Transport/Tls")]
    [InlineData("Workloads/A.cs", "    private Scheduling.Orders.ScoreFunction _score;", "Scheduling/Orders")]
    [InlineData("Telemetry/A.cs", "using Sidecar.Primitives;", "Primitives")]
    [InlineData("Telemetry/A.cs", "using Sidecar.Lifecycle;", "Lifecycle")]
    [InlineData("Records/A.cs", "using Sidecar.Telemetry;", "Telemetry")]
    [InlineData("Elsewhere/A.cs", "using Sidecar.Http;", "Http")]
    [InlineData("Transport/Tls/Deep/A.cs", "using Sidecar.Http;", "Http")]
    [InlineData("A.cs", "using Sidecar.Http;", "Http")]
    public void UseOfARoomThatIsNotBefore_IsAFault(string file, string text, string used) =>
        Assert.Equal([$"{file} uses {used}"], Faults(file, text));

    [Theory]
    [InlineData("Transport/Tls/A.cs", "using Sidecar.Transport.Kernel; using Sidecar.Http; using Sidecar.Telemetry;")]
    [InlineData("Transport/Tls/A.cs", "    /// <see cref=\"Reactor\"/>")]
    [InlineData("Transport/A.cs", "using Sidecar.Transport.Tls;")]
    [InlineData("Http/Fields/A.cs", "    private ByteRange _name;")]
    [InlineData("Configuration/A.cs", "settings.Proxy.Options; using Sidecar.Proxy.Server; using System.Http.X;")]
    public void UseOfARoomBefore_IsNone(string file, string text) => Assert.Empty(Faults(file, text));

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

    private static string RoomOf(string file) => (Path.GetDirectoryName(file) ?? "").Replace('\\', '/');

    private static IEnumerable<string> Faults(string file, string text)
    {
        var room = RoomOf(file);
        string[] allowed = Rooms.Contains(room) ? [.. Before(Rooms, room), .. Foundations]
            : Foundations.Contains(room) ? [.. Before(Foundations, room)] : [];
        return NamesOfRooms(room, text).Concat(UsesOfParent(room, Comment().Replace(text, "")))
            .Except(allowed).Distinct().Select(used => $"{file} uses {used}");
    }

    private static IEnumerable<string> Before(string[] rooms, string room) =>
        rooms.TakeWhile(name => name != room).Append(room);

    /// <summary>A room that is named whole, or as it may be written within the namespace of the file.</summary>
    private static IEnumerable<string> NamesOfRooms(string room, string text)
    {
        var known = Rooms.Concat(Foundations).ToArray();
        foreach (Match match in RoomName().Matches(text))
        {
            var (first, second) = (match.Groups[1].Value, match.Groups[2].Value);
            string[] meant = [$"{first}/{second}", first, $"{room.Split('/')[0]}/{first}"];
            if (meant.FirstOrDefault(known.Contains) is { } used) yield return used;
        }
    }

    /// <summary>What its parent holds a room sees without a name; each type has a file of its own.</summary>
    private static IEnumerable<string> UsesOfParent(string room, string code)
    {
        var parent = room.Split('/')[0];
        if (parent == room || !Rooms.Contains(parent)) return [];
        var words = Word().Matches(code).Select(match => match.Value).ToHashSet();
        return Directory.GetFiles(Path.Combine(Repository.Root, Library, parent), "*.cs")
            .Where(path => words.Contains(Path.GetFileNameWithoutExtension(path))).Select(_ => parent);
    }

    [GeneratedRegex(
        @"(?:\bSidecar\.|(?<![\w.])(?=\w+\.[A-Z]))([A-Z][A-Za-z]+)(?:\.([A-Z][A-Za-z]+))?\b")]
    private static partial Regex RoomName();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Word();
}
