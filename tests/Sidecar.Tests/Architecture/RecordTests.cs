using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

/// <summary>A figure says nothing without what it was measured on: each section of a record, or the record's head for
/// those that name none, names a commit, and every commit that is named exists. What <c>scripts/bench-origin</c> prints
/// is a name too: the version of a binary with its commit.</summary>
public partial class RecordTests
{
    private const string Known = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void Records_NameACommitOfTheHistory_OrSayThatNoneWasRecorded()
    {
        var history = History();
        Assert.SkipWhen(history.Length == 0, "NOT RUN: no git history here, or one that was cut short");
        var records = Directory.GetFiles(Path.Combine(Repository.Root, "profiles/measurements"), "*.md");

        Assert.NotEmpty(records);
        Assert.All(records, path => Assert.Null(Fault(File.ReadAllText(path), history)));
    }

    [Theory]
    [InlineData($"- commit: {Known}, dirty", null)]
    [InlineData("- sidecar at 0123456, native AOT", null)]
    [InlineData("- commit: not recorded (the build is not in the history)", null)]
    [InlineData("- taken on 2026-11-23", "names no commit")]
    [InlineData("it says commit: not recorded in a sentence", "names no commit")]
    [InlineData("- commit: 7654321", "7654321 is not in the history")]
    [InlineData($"- sidecar: 0.1.0+{Known}", null)]
    [InlineData($"- commit: {Known}\n- sidecar: 0.1.0+fffffff", "fffffff is not in the history")]
    [InlineData($"- commit: {Known}\n- baseline: 0.1.0+fffffff", "fffffff is not in the history")]
    [InlineData($"- commit: {Known}\npassed: sidecar (fffffff) 4", "fffffff is not in the history")]
    [InlineData($"- commit: {Known}\nread (1000000) bytes", null)]
    public void Records_WithoutACommitOfTheHistory_AreSeen(string text, string? fault) =>
        Assert.Equal(fault, Fault(text, [Known]));

    [Theory]
    [InlineData("- commit: 0123456\n## a\n12 ms", null)]
    [InlineData("# Title\n## a\n12 ms", "a: names no commit")]
    [InlineData("# Title\n## a\n- commit: 0123456\n## b\n12 ms", "b: names no commit")]
    [InlineData("- commit: 0123456\n## a\n- sidecar: 0.1.0+fffffff", "a: fffffff is not in the history")]
    [InlineData("- commit: fffffff\n## a\n- commit: not recorded", "fffffff is not in the history")]
    [InlineData("# Title\n## a\n- commit: fffffff\n## b\n- commit: not recorded", "a: fffffff is not in the history")]
    [InlineData("# Title\n## a\n- commit: not recorded\n- sidecar: 0.1.0+fffffff", null)]
    [InlineData("- commit: not recorded\n## a\n12 ms", null)]
    [InlineData("- commit: not recorded\n## a\n(fffffff)", "a: fffffff is not in the history")]
    [InlineData("# Title\n## a\n- commit: 0123456\n````\n## printed\n```\n## too\n```\n````\n", null)]
    public void Sections_StandForThemselves(string text, string? fault) => Assert.Equal(fault, Fault(text, [Known]));

    private static string? Fault(string record, string[] history)
    {
        var sections = Sections(record);
        var isHeadEnough = IsExempt(sections[0].Text) || Named(sections[0].Text).Length > 0;
        foreach (var (title, text) in sections)
        {
            // A head before sections is a title; they answer for the figures.
            var isTitle = title == "" && sections.Count > 1;
            if (IsExempt(text)) continue;
            var named = Named(text);
            var fault = named.FirstOrDefault(name => !IsKnown(name, history)) is { } lost
                ? $"{lost} is not in the history"
                : named.Length > 0 || isHeadEnough || isTitle ? null : "names no commit";
            if (fault is not null) return title == "" ? fault : $"{title}: {fault}";
        }
        return null;
    }

    /// <returns>The head, without a title, and what follows each heading of the second level outside of
    /// fences.</returns>
    private static List<(string Title, string Text)> Sections(string record)
    {
        List<(string Title, string Text)> sections = [("", "")];
        var fence = 0;
        foreach (var line in record.Split('\n'))
        {
            var ticks = line.Length - line.TrimStart('`').Length;
            // A fence is closed by one that is at least as long and says nothing more.
            if (fence == 0 && ticks >= 3) fence = ticks;
            else if (fence > 0 && ticks >= fence && line.Trim('`', ' ', '\r') == "") fence = 0;
            if (fence == 0 && line.StartsWith("## ", StringComparison.Ordinal)) sections.Add((line[3..].Trim(), ""));
            else sections[^1] = (sections[^1].Title, sections[^1].Text + line + "\n");
        }
        return sections;
    }

    private static bool IsExempt(string section) => NotRecorded().IsMatch(section);

    private static string[] Named(string section) =>
        [.. NamedCommit().Matches(section).Select(match => match.Groups[1].Value)];

    private static bool IsKnown(string name, string[] history) =>
        history.Any(commit => commit.StartsWith(name, StringComparison.Ordinal));

    /// <returns>All commits that HEAD comes from; none without git, or where the history was cut short.</returns>
    private static string[] History() =>
        Git("rev-parse", "--is-shallow-repository").Trim() == "false"
            ? Git("rev-list", "HEAD").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : [];

    private static string Git(params string[] words)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Repository.Root, .. words])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            });
            var text = git!.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    [GeneratedRegex("^- commit: not recorded", RegexOptions.Multiline)]
    private static partial Regex NotRecorded();

    /// <remarks>In parentheses digits alone are a number.</remarks>
    [GeneratedRegex(@"(?:\b(?:commit:|at|on) |\b\d+\.\d+\.\d+\+|\((?=[0-9a-f]*[a-f]))([0-9a-f]{7,40})\b")]
    private static partial Regex NamedCommit();
}
