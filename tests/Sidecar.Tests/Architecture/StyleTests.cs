using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

public partial class StyleTests
{
    private const int ColumnsMax = 120;

    [Theory]
    [InlineData("src", 300)]
    [InlineData("tests", 400)]
    [InlineData("bench", 400)]
    public void Files_StayWithinLinesAndColumns(string folder, int linesMax)
    {
        var faults = new List<string>();
        foreach (var path in Repository.SourceFiles(folder))
        {
            var lines = File.ReadAllLines(path);
            var name = Repository.Relative(path);
            if (lines.Length > linesMax) faults.Add($"{name}: {lines.Length} lines");
            faults.AddRange(lines.Index().Where(line => line.Item.Length > ColumnsMax)
                .Select(line => $"{name}:{line.Index + 1}: {line.Item.Length} columns"));
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Folders_HoldAtMostTwentyFiles()
    {
        var faults = Repository.SourceFiles("src").GroupBy(path => Path.GetDirectoryName(path))
            .Where(folder => folder.Count() > 20)
            .Select(folder => $"{Repository.Relative(folder.Key!)}: {folder.Count()} files");

        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("src", 60)]
    [InlineData("tests", 70)]
    [InlineData("bench", 70)]
    public void Methods_FitAScreen(string folder, int linesMax)
    {
        var faults = Repository.SourceFiles(folder).SelectMany(path => MethodLines(File.ReadAllLines(path))
            .Where(method => method.Length > linesMax)
            .Select(method => $"{Repository.Relative(path)}:{method.Start}: {method.Length} lines"));

        Assert.Empty(faults);
    }

    [Fact]
    public void Files_HoldOneTypeOfTheirName()
    {
        var faults = new List<string>();
        foreach (var path in Repository.SourceFiles("src"))
        {
            var types = TypeDeclaration().Matches(File.ReadAllText(path))
                .Select(match => match.Groups[1].Value).Distinct();
            var expected = Path.GetFileNameWithoutExtension(path);
            if (expected == "Program") continue;
            var found = types.ToArray();
            if (found is not [var only] || only != expected)
                faults.Add($"{Repository.Relative(path)}: {string.Join(", ", found)}");
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Methods_LongOnes_AreSeen()
    {
        string[] file =
            ["class A", "{", "    void B()", "    {", .. Enumerable.Repeat("        C();", 71), "    }", "}"];

        Assert.Equal([(3, 74)], MethodLines(file));
    }

    /// <summary>
    /// Members by their indentation, which the formatter fixes: a brace four columns in ends what it began.
    /// </summary>
    private static IEnumerable<(int Start, int Length)> MethodLines(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i] != "    {" || NestedTypeOrTable().IsMatch(lines[i - 1])) continue;
            var end = Array.FindIndex(lines, i, line => line.StartsWith("    }", StringComparison.Ordinal));
            if (end > 0) yield return (i, end - i + 2);
        }
    }

    [GeneratedRegex(
        @"^(?:\[[^\]]*\]\s*)?(?:public |internal |file )?(?:(?:static|sealed|abstract|partial|readonly|unsafe|ref) )*"
        + @"(?:class|struct|interface|enum|record struct|record class|record|delegate [\w?]+) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    /// <summary>A table of data may be as long as it needs to be.</summary>
    [GeneratedRegex(@"\b(class|struct|record|enum|interface)\b|=> new\(\)$")]
    private static partial Regex NestedTypeOrTable();
}
