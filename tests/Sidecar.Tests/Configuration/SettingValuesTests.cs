using System.Globalization;
using System.Text.RegularExpressions;
using Sidecar.Configuration;

namespace Sidecar.Tests.Configuration;

public partial class SettingValuesTests
{
    /// <summary>None stands in the way of another's bounds.</summary>
    private static readonly (string, string)[] Wide =
    [
        ("SIDECAR_DRAIN_DELAY", "0s"), ("SIDECAR_DRAIN_TIMEOUT", "24h"), ("SIDECAR_CONCURRENCY_MAX", "100000"),
    ];

    public static TheoryData<string> Names => [.. Settings.All.Select(setting => setting.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bounds_AreTold_AndHold(string name)
    {
        var accepted = Settings.All.Single(setting => setting.Name == name).Accepted;
        var told = Bounds().Match(accepted);
        if (accepted.Contains("with a unit")) Assert.True(told.Success, accepted);
        if (!told.Success) return;
        var (least, most) = (told.Groups[1].Value, told.Groups[2].Value);

        Assert.Empty(Faults([.. Wide, (name, least)]));
        Assert.Empty(Faults([.. Wide, (name, most)]));
        Assert.EndsWith(accepted, Assert.Single(Faults([.. Wide, (name, Moved(most, 1))])));
        if (char.IsBetween(least[0], '1', '9')) Assert.Single(Faults([.. Wide, (name, Moved(least, -1))]));
    }

    [Theory]
    [InlineData("SIDECAR_RESEND", "ON")]
    [InlineData("SIDECAR_RESEND", "Off")]
    [InlineData("SIDECAR_THREADS", "AUTO")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "Connect")]
    [InlineData("SIDECAR_UPSTREAM", "SIMULATED")]
    [InlineData("SIDECAR_UPSTREAM", "HTTP://engine:8001")]
    [InlineData("SIDECAR_UPSTREAM", "HTTPS://engine:8001")]
    [InlineData("SIDECAR_UPSTREAM", "UNIX:/run/engine.sock")]
    [InlineData("SIDECAR_LOG_LEVEL", "DEBUG")]
    [InlineData("SIDECAR_LOG_FORMAT", "Text")]
    public void Words_AreAcceptedInAnyCase_AndMeanTheSame(string name, string value)
    {
        var reading = SettingsReader.Read(new TextSource((name, value)));
        var small = SettingsReader.Read(new TextSource((name, value.ToLowerInvariant()))).Settings!;

        Assert.Empty(reading.Faults);
        Assert.Equal(Meaning(small), Meaning(reading.Settings!));
    }

    [Theory]
    [InlineData("SIDECAR_LISTEN")]
    [InlineData("SIDECAR_UPSTREAM")]
    public void PathOfASocket_HasABound(string name)
    {
        var longest = $"unix:/{new string('a', 106)}";
        Assert.Empty(Faults([(name, longest)]));
        Assert.Equal($"{name}='{longest}a': the path is too long: a socket's has at most 107 bytes",
            Assert.Single(Faults([(name, $"{longest}a")])));
    }

    [Theory]
    [InlineData("26s", null,
        "SIDECAR_DRAIN_DELAY='26s': it is part of SIDECAR_DRAIN_TIMEOUT='25s' (the default) and cannot be longer")]
    [InlineData(null, "3s",
        "SIDECAR_DRAIN_DELAY='5s' (the default): it is part of SIDECAR_DRAIN_TIMEOUT='3s' and cannot be longer")]
    [InlineData("4s", "3s", "SIDECAR_DRAIN_DELAY='4s': it is part of SIDECAR_DRAIN_TIMEOUT='3s' and cannot be longer")]
    public void TwoThatDoNotFit_AreBothNamed_AndWhichIsTheDefault(string? delay, string? timeout, string fault)
    {
        (string, string)[] set =
            [("SIDECAR_DRAIN_DELAY", delay ?? ""), ("SIDECAR_DRAIN_TIMEOUT", timeout ?? "")];

        Assert.Equal(fault, Assert.Single(Faults(set)));
    }

    private static object Meaning(SidecarSettings settings) => (
        settings.Proxy.Resends, settings.Threads, settings.HealthPath, settings.Upstream, settings.UpstreamTlsHost);

    private static IReadOnlyList<string> Faults((string, string)[] values) =>
        SettingsReader.Read(new TextSource(values)).Faults;

    /// <summary>A number with its unit, by <paramref name="step"/> more.</summary>
    private static string Moved(string text, int step)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        return $"{long.Parse(text[..digits], CultureInfo.InvariantCulture) + step}{text[digits..]}";
    }

    [GeneratedRegex("from ([^ ,]+) to ([^ ,]+)")]
    private static partial Regex Bounds();
}
