using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

/// <summary>What ARCHITECTURE.md says of places is so.</summary>
public partial class ArchitectureTests
{
    private static readonly string Rooms = Path.Combine(Repository.Root, "src", "Sidecar");

    private static readonly string Text =
        File.ReadAllText(Path.Combine(Repository.Root, "src", "ARCHITECTURE.md"));

    [Fact]
    public void PlacesThatAreNamed_Exist()
    {
        var faults = PlaceInRoom().Matches(Text).Select(match => match.Groups[1].Value).Distinct()
            .Where(place => !Directory.Exists(Path.Combine(Rooms, place)) && !IsFile(place));

        Assert.Empty(faults);
    }

    [Fact]
    public void Rooms_AreAllNamed()
    {
        var faults = Repository.SourceFiles("src/Sidecar")
            .Select(path => Path.GetRelativePath(Rooms, Path.GetDirectoryName(path)!).Replace('\\', '/')).Distinct()
            .Where(room => !Text.Contains($"| `{room}`", StringComparison.Ordinal)
                && !Text.Contains($", `{room}` |", StringComparison.Ordinal));

        Assert.Empty(faults);
    }

    /// <summary>A type, and perhaps a member of it.</summary>
    private static bool IsFile(string place) =>
        File.Exists(Path.Combine(Rooms, $"{place}.cs")) || File.Exists(Path.Combine(Rooms, place))
        || File.Exists(Path.Combine(Rooms, $"{Path.ChangeExtension(place, null)}.cs"));

    [GeneratedRegex("`([A-Z][A-Za-z]*/[A-Za-z/.]+)`")]
    private static partial Regex PlaceInRoom();
}
