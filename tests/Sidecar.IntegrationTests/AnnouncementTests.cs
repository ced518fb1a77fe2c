using System.Diagnostics;
using System.Net;
using Sidecar.IntegrationTests.Harness;

namespace Sidecar.IntegrationTests;

/// <summary>What the start tells people and collectors, taken at its word.</summary>
public sealed class AnnouncementTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestCertificate _certificate = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("sidecar it's ").FullName;

    [Theory]
    [InlineData("127.0.0.1:0", "http://127.0.0.1:")]
    [InlineData("0.0.0.0:0", "http://127.0.0.1:")]
    [InlineData("127.0.0.1:0", "https://127.0.0.1:")]
    [InlineData("unix:", "--unix-socket ")]
    public async Task TheCurlLine_PrintsTokensAsTheyCome(string listen, string told)
    {
        if (listen == "unix:") listen += $"{_folder}/a b.sock";
        (string, string)[] tls = told.StartsWith("https:", StringComparison.Ordinal)
            ? [("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile)]
            : [];
        using var sidecar = Start([("SIDECAR_LISTEN", listen), .. tls]);
        var (admin, attempt) = await ReadAsync(sidecar);
        using var page = new AdminClient(admin);
        Assert.Contains(told, attempt);
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{attempt} --silent"]) { RedirectStandardOutput = true };
        using var curl = Process.Start(start)!;

        var first = await curl.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("data: {", first);
        // The answer is not over: what was printed is its first token, as it came.
        Assert.Equal(1, await page.MetricAsync("sidecar_in_flight"));
        var rest = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("data: [DONE]", rest.TrimEnd());
        sidecar.Kill();
        await sidecar.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task TheCurlLine_NamesNoModelThatTheServerMayNotHave()
    {
        using var sidecar = Start([("SIDECAR_UPSTREAM", "127.0.0.1:1"), ("SIDECAR_LISTEN", "127.0.0.1:0")]);
        var (_, attempt) = await ReadAsync(sidecar);
        Assert.Contains("\"model\":\"...\"", attempt);
        sidecar.Kill();
        await sidecar.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task StartedLine_IsForCollectors()
    {
        using var upstream = new InstantUpstream();
        await using var sidecar = await SidecarProcess.StartAsync(
            upstream.EndPoint, ("SIDECAR_CONCURRENCY", "7"), ("SIDECAR_THREADS", "2"));
        var line = sidecar.Started;

        Assert.Equal(
            ["ts", "level", "event", "version", "listen", "admin", "upstream", "limit", "threads"],
            line.EnumerateObject().Select(member => member.Name));
        Assert.Equal(($"{upstream.EndPoint}", "7", "2"), (
            line.GetProperty("upstream").GetString(), line.GetProperty("limit").GetString(),
            line.GetProperty("threads").GetString()));
        Assert.Matches(@"^\d+\.\d+\.\d+", line.GetProperty("version").GetString());
    }

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start((string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(SidecarProcess.Binary) { RedirectStandardOutput = true };
        start.Environment.Clear();
        start.Environment["SIDECAR_UPSTREAM"] = "simulated";
        start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_LOG_FORMAT"] = "text";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Where its metrics are, and the line that people are given to try.</summary>
    private static async Task<(IPEndPoint Admin, string Attempt)> ReadAsync(Process sidecar)
    {
        var admin = "";
        while (await sidecar.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith("health, metrics", StringComparison.Ordinal)) admin = line.Split("//")[1];
            if (line.TrimStart().StartsWith("curl ", StringComparison.Ordinal))
                return (IPEndPoint.Parse(admin), line.Trim());
        }
        throw new InvalidOperationException("The sidecar ended before it had said what to try.");
    }
}
