using System.Diagnostics;
using System.Text.RegularExpressions;
using Sidecar.Configuration;

namespace Sidecar.Tests.Architecture;

public sealed partial class ScriptTests : IDisposable
{
    private const string Passed = "<UnitTestResult testName=\"A\" outcome=\"Passed\" />\n";

    /// <summary>What the scripts and the tests read themselves.</summary>
    private static readonly string[] OwnNames = ["SIDECAR_BINARY", "SIDECAR_DEBIAN_MIRROR"];

    private readonly DirectoryInfo _results = Directory.CreateTempSubdirectory("sidecar-results-");

    public static TheoryData<string> Texts =>
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(Repository.Root, "scripts")).Select(Repository.Relative),
        .. Repository.SourceFiles("bench").Select(Repository.Relative),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void SettingsThatATextNames_Exist(string path)
    {
        var known = Settings.All.Select(setting => setting.Name).Concat(OwnNames);
        var named = SettingName().Matches(File.ReadAllText(Path.Combine(Repository.Root, path)))
            .Select(match => match.Value);

        Assert.Empty(named.Except(known));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("publish")]
    public async Task Help_TellsTheUsage_AndDoesNothing(string script)
    {
        var (code, told) = await RunAsync(script, "--help");

        Assert.Equal(0, code);
        Assert.Contains($"scripts/{script} [", told);
        Assert.InRange(told.Split('\n').Length, 2, 6);
    }

    /// <summary>The counters of such a file leave out the tests that did not run.</summary>
    [Fact]
    public async Task TestResults_TellEachTestThatDidNotRun_WithItsReason()
    {
        Write("a.trx", """
            <UnitTestResult testName="A.One" outcome="Passed" />
            <UnitTestResult testName="A.Two(text: &quot;a&amp;b&quot;)" outcome="NotExecuted" testListId="1">
              <Output>
                <StdOut>NOT RUN: not this</StdOut>
                <ErrorInfo>
                  <Message>NOT RUN: Node is &lt;missing&gt;</Message>
            """);
        Write("b.trx", """
            <UnitTestResult testName="B.One" outcome="Passed" />
            <UnitTestResult testName="B.Two" outcome="NotExecuted" testListId="1">
                  <Message>no engine here
            but elsewhere</Message>
            <UnitTestResult testName="B.Three" outcome="NotExecuted" />
            """);

        Assert.Equal((0, """
            NOT RUN: A.Two(text: "a&b"): Node is <missing>
            NOT RUN: B.Two: no engine here
            NOT RUN: B.Three: no reason was given
            2 passed, 0 failed, 3 skipped

            """), await ReadResultsAsync());
    }

    [Theory]
    [InlineData("", "0 passed, 0 failed, 0 skipped\n")]
    [InlineData("<UnitTestResult testName=\"A\" outcome=\"NotExecuted\" />",
        "NOT RUN: A: no reason was given\n0 passed, 0 failed, 1 skipped\n")]
    [InlineData(Passed + "<UnitTestResult testName=\"B\" outcome=\"Failed\">", "1 passed, 1 failed, 0 skipped\n")]
    [InlineData(Passed + "<UnitTestResult testName=\"B\" outcome=\"Timeout\">", "1 passed, 1 failed, 0 skipped\n")]
    public async Task TestResults_WithAFailure_OrWithNothingPassed_FailTheRun(string results, string told)
    {
        if (results != "") Write("a.trx", results);
        Assert.Equal((1, told), await ReadResultsAsync());
    }

    public void Dispose() => _results.Delete(recursive: true);

    /// <summary>As the runner's counters are: those that did not run are in none of them.</summary>
    private void Write(string name, string results) => File.WriteAllText(
        Path.Combine(_results.FullName, name),
        $"<TestRun>\n{results}\n<Counters total=\"9\" executed=\"9\" passed=\"9\" failed=\"0\" notExecuted=\"0\" />\n");

    private Task<(int ExitCode, string Told)> ReadResultsAsync() => RunAsync("test-results", _results.FullName);

    private static async Task<(int ExitCode, string Told)> RunAsync(string script, string argument)
    {
        var path = Path.Combine(Repository.Root, "scripts", script);
        using var process = Process.Start(
            new ProcessStartInfo(path, [argument]) { RedirectStandardOutput = true })!;
        var told = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, told);
    }

    [GeneratedRegex("SIDECAR_[A-Z_]*[A-Z]")]
    private static partial Regex SettingName();
}
