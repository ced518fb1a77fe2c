using System.Globalization;
using System.Text.RegularExpressions;

namespace Sidecar.Tests.Admin;

/// <summary>A strict reader of Prometheus' text format 0.0.4: what it does not take, the page must not say.</summary>
internal static partial class Exposition
{
    /// <summary>
    /// Value by series, as it stands. Each family is announced once, before its samples, and no series is doubled.
    /// </summary>
    internal static Dictionary<string, double> Parse(string page)
    {
        Assert.EndsWith("\n", page);
        var values = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var family = "";
        foreach (var line in page.TrimEnd('\n').Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                family = help.Groups[1].Value;
                Assert.True(families.Add(family), $"{family} is announced twice");
                continue;
            }
            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.Equal(family, type.Groups[1].Value);
                continue;
            }
            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, $"not a line of the format: {line}");
            Assert.StartsWith(family, sample.Groups[2].Value);
            values.Add(sample.Groups[1].Value, double.Parse(sample.Groups[4].Value, CultureInfo.InvariantCulture));
        }
        return values;
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S.*$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        @"^(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_]\w*=""(?:[^""\\\n]|\\[""\\n])*""\})?) (-?[0-9.]+(?:E[+-]?\d+)?)$")]
    private static partial Regex SampleLine();
}
