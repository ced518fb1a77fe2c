using System.Text;
using System.Text.RegularExpressions;
using Sidecar.Configuration;
using Sidecar.Configuration.Values;
using Sidecar.Engines.Limits;
using Sidecar.Http;
using Sidecar.Proxy;
using Sidecar.Records;
using Sidecar.Tests.Architecture;
using Sidecar.Tests.Proxy;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admin;

/// <summary>README's tables of settings, metrics and answers against what the code says, both ways.</summary>
public partial class ReadmeTests
{
    [Fact]
    public async Task Metrics_AreThoseOfThePage()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        await using var admin = await AdminHarness.StartAsync(sidecar);
        using var client = AdminHarness.Client(admin);
        var page = await AdminHarness.TextAsync(client, "/metrics");
        var families = FamilyLine().Matches(page).Select(match => match.Groups[1].Value);

        var told = Rows("Admin port").SelectMany(row => Names(row[0])).Select(name => name.Split('{')[0]);
        Assert.Equal(families.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void LabelValues_AreThoseOfTheCode()
    {
        var outcomes = Enum.GetValues<Outcome>().Where(outcome => outcome != Outcome.None).Select(Label);
        Assert.Equal(outcomes.Order(StringComparer.Ordinal), Values("sidecar_requests_total{outcome}"));

        var faults = Enum.GetValues<ContextFault>().Where(fault => fault != ContextFault.None)
            .Select(ContextFaultLabels.Of);
        Assert.Equal(faults.Order(StringComparer.Ordinal), Values("sidecar_context_faults_total{reason}"));

        var reasons = Enum.GetValues<LimitReason>().Select(LimitReasons.LabelOf).Order(StringComparer.Ordinal);
        Assert.Equal(reasons, Values("sidecar_limit_changes_total{reason}"));
    }

    [Fact]
    public void AnswersOfItsOwn_AreThoseOfTheCode()
    {
        var answers = Enum.GetValues<Outcome>().Where(outcome => Outcomes.Of(outcome).Status != 0)
            .Select(outcome => $"{Outcomes.Of(outcome).Status} {Label(outcome)}");
        var refusals = Enum.GetValues<HttpFault>().Where(fault => fault != HttpFault.None)
            .Select(fault => $"{HttpFaults.StatusOf(fault)} {Encoding.ASCII.GetString(HttpFaults.ReasonOf(fault))}");

        var told = Rows("Answers of its own").SelectMany(row => Names(row[1]).Select(name => $"{row[0]} {name}"));
        Assert.Equal(
            answers.Concat(refusals).Distinct().Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Settings_AreThoseOfTheCode()
    {
        var settings = Settings.All.Select(setting => $"{setting.Name} | {setting.Default} | {setting.Meaning}");
        var told = Rows("Settings").Skip(1)
            .Select(row => string.Join(" | ", row).Replace("`", "", StringComparison.Ordinal));
        Assert.Equal(settings, told);
    }

    [Fact]
    public void PathsThatPassBy_AreThoseOfTheCode()
    {
        var docs = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "queueing.md"));
        var told = docs.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .SelectMany(line => Names(line.Trim('|').Split('|')[2])).Distinct();
        Assert.Equal(EnginePaths.All.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    private static string Label(Outcome outcome) => Encoding.ASCII.GetString(Outcomes.LabelOf(outcome));

    private static IEnumerable<string> Values(string metric) =>
        Names(Rows("Admin port").Single(row => row[0] == $"`{metric}`")[1]).Order(StringComparer.Ordinal);

    /// <summary>The cells of a section's table, its first line included.</summary>
    private static IEnumerable<string[]> Rows(string section)
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var text = readme.Split("\n## ").Single(part => part.StartsWith($"{section}\n", StringComparison.Ordinal));
        return text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
    }

    private static IEnumerable<string> Names(string cell) =>
        Quoted().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^# TYPE (\\S+) ", RegexOptions.Multiline)]
    private static partial Regex FamilyLine();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
