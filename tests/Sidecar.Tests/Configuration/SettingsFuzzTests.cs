using Sidecar.Configuration;

namespace Sidecar.Tests.Configuration;

/// <summary>Values that nobody would write, for every setting: a line of fault each, and never a failure.</summary>
public class SettingsFuzzTests
{
    private static readonly string[] Pieces =
    [
        "", " ", "\t", "\n", "\0", "0", "1", "9", "99999999999999999999999", ".", "-", "+", "e", ",", ":", "/", "//",
        "[", "]", "::1", "%", "%2", "#", "?", "@", "'", "\"", "\\", "ms", "s", "m", "h", "KiB", "GiB", "B", "NaN", "∞",
        "a", "é", "\ud800", "\U0001f600", "auto", "on", "off", "json", "debug", "info", "none", "Info", "connect",
        "simulated", "localhost", "127.0.0.1", "0.0.0.0", "fe80::1", "unix:", "/tmp", "/tmp/x", "/etc/hostname",
        "http://", "https://", "8000", "9464", "65536", "*", "Host", "X-Workload-Context",
        new string('9', 400), new string('x', 3000),
    ];

    [Fact]
    public void AnyValue_IsAcceptedOrAFault_AndNeverAFailure()
    {
        var random = new Random(20260101);
        for (var i = 0; i < 40_000; i++)
        {
            var name = Settings.All[i % Settings.All.Count].Name;
            Read([(name, Value(random))]);
        }
        for (var i = 0; i < 1_000; i++)
            Read([.. Settings.All.Select(setting => (setting.Name, Value(random)))]);
    }

    private static void Read((string Name, string Value)[] values)
    {
        var source = new TextSource(values);
        var reading = SettingsReader.Read(source);
        var told = values.Length == 1 ? $"{values[0].Name}={values[0].Value}" : "all";
        Assert.True(reading.Settings is null == reading.Faults.Count > 0, told);
        foreach (var line in reading.Faults.Concat(reading.Warnings))
        {
            Assert.StartsWith("SIDECAR_", line);
            Assert.False(line.Any(char.IsControl), told);
        }
        Assert.Equal(Settings.All.Count, SettingsReader.Effective(source).Count());
        if (reading.Settings is not { Upstream: { } upstream, HealthPath: { } path } settings) return;
        var url = HealthUrl.Of(upstream, settings.UpstreamTlsHost, path);
        Assert.True(url.IsAbsoluteUri && url.Fragment == "", told);
    }

    private static string Value(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
