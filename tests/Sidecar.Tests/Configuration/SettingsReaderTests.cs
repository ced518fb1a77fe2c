using System.Net;
using System.Net.Sockets;
using Sidecar.Configuration;
using Sidecar.Configuration.Values;
using Sidecar.Engines.Limits;
using Sidecar.Telemetry;

namespace Sidecar.Tests.Configuration;

public class SettingsReaderTests
{
    [Fact]
    public void Defaults_AreAllAccepted_AndAreTheDocumentedOnes()
    {
        var reading = SettingsReader.Read(new TextSource());

        Assert.Empty(reading.Faults);
        Assert.Empty(reading.Warnings.Concat(reading.Unknown));
        var settings = reading.Settings!;
        Assert.Equal((8000, 9464), (((IPEndPoint)settings.Listen).Port, settings.Admin.Port));
        Assert.Equal(new LimitBounds(1, 1024), settings.LimitBounds);
        Assert.Equal((1, 5000, 16), (settings.Gate.Limit, settings.Gate.QueueLimit, settings.Gate.OldestEvery));
        Assert.Equal(50 * TimeSpan.TicksPerSecond, settings.Gate.QueueTimeoutTicks);
        Assert.Equal((0.4, 0.4, 0.2), (
            settings.Gate.Score.WeightWait, settings.Gate.Score.WeightCriticality, settings.Gate.Score.WeightRate));
        Assert.Equal(settings.Gate.Score.RateWindowTicks, settings.Workloads.RateWindowTicks);
        Assert.Equal(settings.Gate.Score.WaitHorizonTicks, settings.Workloads.AverageHalfLifeTicks);
        Assert.Equal(EnginePaths.All, settings.Proxy.BypassPaths);
        Assert.Equal((64 * 1024, 1L << 30), (settings.Proxy.HeadLimitBytes, settings.Proxy.BodyLimitBytes));
        Assert.InRange(settings.Threads, 1, 4);
        Assert.Equal((LogLevel.Info, LogFormat.Json), (settings.LogLevel, settings.LogFormat));
    }

    [Theory]
    [InlineData("SIDECAR_LISTEN", "8000")]
    [InlineData("SIDECAR_LISTEN", "127.0.0.1")]
    [InlineData("SIDECAR_ADMIN", "somewhere:1")]
    [InlineData("SIDECAR_UPSTREAM", "engine")]
    [InlineData("SIDECAR_UPSTREAM", "engine:0")]
    [InlineData("SIDECAR_UPSTREAM", "unix:relative")]
    [InlineData("SIDECAR_UPSTREAM", "https://engine")]
    [InlineData("SIDECAR_UPSTREAM", "https://")]
    [InlineData("SIDECAR_LISTEN", "unix:relative")]
    [InlineData("SIDECAR_ADMIN", "unix:/admin")]
    [InlineData("SIDECAR_UPSTREAM_CA_FILE", "/etc/hostname")]
    [InlineData("SIDECAR_RESEND", "yes")]
    [InlineData("SIDECAR_UPSTREAM", "127.0.0.1:8000")]
    [InlineData("SIDECAR_UPSTREAM", "localhost:8000")]
    [InlineData("SIDECAR_UPSTREAM", "[::1]:9464")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "health")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "/a b")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "/a\u0001b")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "/a#b")]
    [InlineData("SIDECAR_UPSTREAM_HEALTH", "/ä")]
    [InlineData("SIDECAR_UPSTREAM_KEY_FILE", "/no/such/file")]
    [InlineData("SIDECAR_THREADS", "0")]
    [InlineData("SIDECAR_CONCURRENCY", "automatic")]
    [InlineData("SIDECAR_CONCURRENCY_MIN", "0")]
    [InlineData("SIDECAR_CONCURRENCY_MIN", "1025")]
    [InlineData("SIDECAR_CONCURRENCY_MAX", "none")]
    [InlineData("SIDECAR_CONCURRENCY", "-1")]
    [InlineData("SIDECAR_QUEUE_LIMIT", "many")]
    [InlineData("SIDECAR_QUEUE_TIMEOUT", "50")]
    [InlineData("SIDECAR_QUEUE_TIMEOUT", "99999999999h")]
    [InlineData("SIDECAR_IDLE", "99999999999999999999999h")]
    [InlineData("SIDECAR_BODY_LIMIT", "999999999999999999999999999GiB")]
    [InlineData("SIDECAR_RATE_CEILING", "NaN")]
    [InlineData("SIDECAR_BODY_BUFFER", "1MB")]
    [InlineData("SIDECAR_BODY_BUFFER", "1KiB")]
    [InlineData("SIDECAR_WEIGHT_WAIT", "11")]
    [InlineData("SIDECAR_WEIGHT_RATE", "-0.2")]
    [InlineData("SIDECAR_EMA_ALPHA", "0")]
    [InlineData("SIDECAR_WAIT_HORIZON", "0s")]
    [InlineData("SIDECAR_RATE_WINDOW", "10ms")]
    [InlineData("SIDECAR_CONTEXT_HEADER", "Content-Length")]
    [InlineData("SIDECAR_DEFAULT_CRITICALITY", "6")]
    [InlineData("SIDECAR_BYPASS", "tokenize")]
    [InlineData("SIDECAR_BYPASS", "/a*b")]
    [InlineData("SIDECAR_BYPASS", "/a**")]
    [InlineData("SIDECAR_BYPASS", "/a,none")]
    [InlineData("SIDECAR_DRAIN_DELAY", "26s")]
    [InlineData("SIDECAR_DRAIN_TIMEOUT", "x")]
    [InlineData("SIDECAR_LOG_LEVEL", "3")]
    [InlineData("SIDECAR_LOG_LEVEL", "debug,info")]
    [InlineData("SIDECAR_LOG_LEVEL", "0")]
    [InlineData("SIDECAR_LOG_FORMAT", "xml")]
    public void WrongValue_IsOneFault_ThatNamesVariableAndValue(string name, string value)
    {
        var reading = SettingsReader.Read(new TextSource((name, value)));

        var fault = Assert.Single(reading.Faults);
        Assert.StartsWith($"{name}='{value.Replace('\u0001', '?')}': ", fault);
        Assert.DoesNotContain('\n', fault);
        Assert.Null(reading.Settings);
    }

    [Theory]
    [InlineData("SIDECAR_LOG_LEVEL", " ")]
    [InlineData("SIDECAR_LOG_FORMAT", "\t")]
    [InlineData("SIDECAR_UPSTREAM_CA_FILE", " ")]
    [InlineData("SIDECAR_CONTEXT_HEADER", " ")]
    [InlineData("SIDECAR_LISTEN", " ")]
    [InlineData("SIDECAR_IDLE", "\n")]
    public void Blanks_AreAFault(string name, string value) => Assert.StartsWith(
        $"{name}='': ", Assert.Single(SettingsReader.Read(new TextSource((name, value))).Faults));

    [Fact]
    public void LongWrongValue_IsToldInPart() => Assert.InRange(Assert.Single(SettingsReader.Read(
        new TextSource(("SIDECAR_THREADS", new string('9', 100_000)))).Faults).Length, 200, 400);

    [Theory]
    [InlineData("connect", null)]
    [InlineData("/health", "/health")]
    [InlineData("/v2/health/ready?a=%20b", "/v2/health/ready?a=%20b")]
    public void Health_IsAPath_OrAConnection(string value, string? path)
    {
        var reading = SettingsReader.Read(new TextSource(("SIDECAR_UPSTREAM_HEALTH", value)));

        Assert.Empty(reading.Faults);
        Assert.Equal(path, reading.Settings!.HealthPath);
    }

    [Theory]
    [InlineData("10.1.2.3:80", "http://10.1.2.3/health")]
    [InlineData("[fe80::1%1]:8001", "http://[fe80::1]:8001/health")]
    [InlineData("engine.local:8001", "http://engine.local:8001/health")]
    [InlineData("https://engine.local:8443", "https://engine.local:8443/health")]
    [InlineData("unix:/run/engine.sock", "http://localhost/health")]
    public void HealthUrl_NamesTheModelServer(string upstream, string url)
    {
        var settings = SettingsReader.Read(new TextSource(("SIDECAR_UPSTREAM", upstream))).Settings!;

        Assert.Equal(url, $"{HealthUrl.Of(settings.Upstream!, settings.UpstreamTlsHost, settings.HealthPath!)}");
    }

    [Theory]
    [InlineData("29s", "60s", true)]
    [InlineData("30s", "60s", false)]
    [InlineData("50s", "2m", true)]
    public void QueueTimeout_UnderHalfOfTheHorizon_IsAWarning(string timeout, string horizon, bool isTold)
    {
        var reading = SettingsReader.Read(new TextSource(
            ("SIDECAR_QUEUE_TIMEOUT", timeout), ("SIDECAR_WAIT_HORIZON", horizon)));

        Assert.NotNull(reading.Settings);
        Assert.Equal(isTold ? 1 : 0, reading.Warnings.Count);
        if (isTold) Assert.Contains($"SIDECAR_WAIT_HORIZON ({horizon})", reading.Warnings[0]);
    }

    /// <summary>What asks there, the commands, would find nobody.</summary>
    [Theory]
    [InlineData("192.0.2.2:0", true)]
    [InlineData("192.0.2.2:9464", false)]
    [InlineData("127.0.0.1:0", false)]
    [InlineData("[::]:0", false)]
    public void AdminPortThatIsNotOnLoopback_IsAWarning(string admin, bool isTold)
    {
        var warnings = SettingsReader.Read(new TextSource(("SIDECAR_ADMIN", admin))).Warnings;

        Assert.Equal(isTold ? 1 : 0, warnings.Count);
        if (isTold) Assert.StartsWith($"SIDECAR_ADMIN='{admin}': ", warnings[0]);
    }

    [Fact]
    public void Bypass_TakesTheEnginesPathsBesideOthersOrNot()
    {
        var both = SettingsReader.Read(new TextSource(("SIDECAR_BYPASS", "/mine, Engines,/sleep")));
        Assert.Equal(EnginePaths.All.Append("/mine").Order(), both.Settings!.Proxy.BypassPaths.Order());
        Assert.Equal(["/mine"], SettingsReader.Read(new TextSource(("SIDECAR_BYPASS", "/mine"))).Settings!
            .Proxy.BypassPaths);
        Assert.Single(SettingsReader.Read(new TextSource(("SIDECAR_BYPASS", "/mine,engine"))).Faults);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    public void Bypass_OfNone_HasNoPath(string value)
    {
        var reading = SettingsReader.Read(new TextSource(("SIDECAR_BYPASS", value)));

        Assert.Empty(reading.Faults);
        Assert.Empty(reading.Settings!.Proxy.BypassPaths);
    }

    [Theory]
    [InlineData("auto", 2)]
    [InlineData("AUTO", 2)]
    [InlineData("16", null)]
    public void Concurrency_IsANumber_OrFindsItselfWithinBounds(string value, int? least)
    {
        var settings = SettingsReader.Read(new TextSource(
            ("SIDECAR_CONCURRENCY", value), ("SIDECAR_CONCURRENCY_MIN", "2"))).Settings!;

        Assert.Equal(least, settings.LimitBounds?.Min);
        if (least is not null) Assert.Equal(1024, settings.LimitBounds!.Value.Max);
        else Assert.Equal(16, settings.Gate.Limit);
    }

    [Fact]
    public void Faults_AreAllTold_AtTheFirstStart() => Assert.Equal(3, SettingsReader.Read(new TextSource(
        ("SIDECAR_THREADS", "x"), ("SIDECAR_IDLE", "x"), ("SIDECAR_HEAD_LIMIT", "x"))).Faults.Count);

    [Fact]
    public void Upstream_Unset_SaysWhatToSet()
    {
        var fault = Assert.Single(SettingsReader.Read(new TextSource(("SIDECAR_UPSTREAM", ""))).Faults);

        Assert.Contains("simulated", fault);
        Assert.Contains("127.0.0.1:8001", fault);
    }

    [Theory]
    [InlineData("10.1.2.3:80", typeof(IPEndPoint))]
    [InlineData("http://[::1]:8001/", typeof(IPEndPoint))]
    [InlineData("engine.local:8001", typeof(DnsEndPoint))]
    [InlineData("unix:/run/engine.sock", typeof(UnixDomainSocketEndPoint))]
    [InlineData("https://engine.local:8443", typeof(DnsEndPoint))]
    [InlineData("https://[::1]:8443/", typeof(IPEndPoint))]
    [InlineData("simulated", null)]
    public void Upstream_InItsForms_IsAccepted(string value, Type? type)
    {
        var reading = SettingsReader.Read(new TextSource(("SIDECAR_UPSTREAM", value)));

        Assert.Empty(reading.Faults);
        Assert.Equal(type, reading.Settings!.Upstream?.GetType());
    }

    [Theory]
    [InlineData("250ms", 2_500_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData("5m", 3_000_000_000)]
    [InlineData("1h", 36_000_000_000)]
    public void Times_AreReadWithTheirUnit(string value, long ticks) => Assert.Equal(
        ticks, SettingsReader.Read(new TextSource(("SIDECAR_IDLE", value))).Settings!.Proxy.IdleTicks);

    [Theory]
    [InlineData("2KiB", 2048)]
    [InlineData("1048576B", 1048576)]
    [InlineData("4GiB", 4L << 30)]
    public void Sizes_AreReadWithTheirUnit(string value, long bytes) => Assert.Equal(
        bytes, SettingsReader.Read(new TextSource(("SIDECAR_BODY_LIMIT", value))).Settings!.Proxy.BodyLimitBytes);

    [Fact]
    public void UnknownName_IsTold_WithTheNearest()
    {
        var reading = SettingsReader.Read(new TextSource(
            ("SIDECAR_CONCURENCY", "4"), ("SIDECAR_QWXYZ", "1"), ("SIDECAR_SERVICE_HOST", "10.0.0.1"),
            ("SIDECAR_PORT_8000_TCP", "tcp://10.0.0.1:8000"), ("PATH", "/bin")));

        Assert.NotNull(reading.Settings);
        Assert.Equal(
            ["SIDECAR_CONCURENCY is not known; did you mean SIDECAR_CONCURRENCY?", "SIDECAR_QWXYZ is not known"],
            reading.Unknown);
        Assert.Empty(reading.Warnings);
    }

    [Fact]
    public void Effective_TellsEachSetting_AndWhetherItIsSet()
    {
        var all = SettingsReader.Effective(new TextSource(("SIDECAR_THREADS", "2"))).ToArray();

        Assert.Equal(Settings.All.Count, all.Length);
        Assert.Contains(all, one => one is ({ Name: "SIDECAR_THREADS" }, "2", true));
        Assert.Contains(all, one => one is ({ Name: "SIDECAR_IDLE" }, "65m", false));
    }

    [Fact]
    public void Admin_IsReadAlone_WithoutAnUpstream()
    {
        var admin = SettingsReader.ReadAdmin(new TextSource(("SIDECAR_ADMIN", "127.0.0.1:1234")), out var faults);

        Assert.Empty(faults);
        Assert.Equal(1234, admin.Port);
    }
}
