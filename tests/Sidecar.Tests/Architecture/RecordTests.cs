using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sidecar.Tests.Architecture;

/// <summary>A figure says nothing without what it was measured on: each record names a commit that exists.</summary>
public partial class RecordTests
{
    private const string NotRecorded = "commit: not recorded";

    [Fact]
    public void Records_NameACommitOfTheHistory_OrSayThatNoneWasRecorded()
    {
        var history = History();
        Assert.SkipWhen(history.Length == 0, "NOT RUN: no git history here");
        var records = Directory.GetFiles(Path.Combine(Repository.Root, "profiles/measurements"), "*.md");

        Assert.NotEmpty(records);
        Assert.All(records, path => Assert.Null(Fault(File.ReadAllText(path), history)));
    }

    [Theory]
    [InlineData("- commit: 0123456789abcdef0123456789abcdef01234567, dirty", null)]
    [InlineData("- sidecar at 0123456, native AOT", null)]
    [InlineData("- commit: not recorded (the build is not in the history)", null)]
    [InlineData("- taken on 2026-11-23", "names no commit")]
    [InlineData("- commit: 7654321", "7654321 is not in the history")]
    public void Records_WithoutACommitOfTheHistory_AreSeen(string text, string? fault) =>
        Assert.Equal(fault, Fault(text, ["0123456789abcdef0123456789abcdef01234567"]));

    private static string? Fault(string record, string[] history)
    {
        if (record.Contains(NotRecorded, StringComparison.Ordinal)) return null;
        var named = NamedCommit().Matches(record).Select(match => match.Groups[1].Value).ToArray();
        if (named.Length == 0) return "names no commit";
        var lost = named.FirstOrDefault(name =>
            !history.Any(commit => commit.StartsWith(name, StringComparison.Ordinal)));
        return lost is null ? null : $"{lost} is not in the history";
    }

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

    [GeneratedRegex(@"\b(?:commit:|at|on) ([0-9a-f]{7,40})\b")]
    private static partial Regex NamedCommit();
}
