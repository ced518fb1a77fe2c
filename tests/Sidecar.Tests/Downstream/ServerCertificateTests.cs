using Microsoft.Extensions.Time.Testing;
using Sidecar.Downstream;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Downstream;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestCertificate _files = new();

    /// <summary>A reactor may take one and be held up before it uses it.</summary>
    [Fact]
    public void OneThatWasTaken_StaysUsable_HoweverOftenItIsRenewed()
    {
        using var certificate = _files.Serve(_time);
        var taken = certificate.Current;
        for (var i = 1; i <= 3; i++)
        {
            _files.Renew($"renewed{i}.test");
            File.SetLastWriteTimeUtc(_files.CertificateFile, DateTime.UtcNow.AddSeconds(i));
            _time.Advance(ServerCertificate.LookPeriod);
        }

        Assert.NotSame(taken, certificate.Current);
        taken.NewServerSession(0).Free();
    }

    [Fact]
    public void FilesThatAreGone_LeaveTheLastInForce()
    {
        using var certificate = _files.Serve(_time);
        var current = certificate.Current;
        File.Delete(_files.CertificateFile);
        Directory.CreateDirectory(_files.CertificateFile);
        _time.Advance(ServerCertificate.LookPeriod);
        File.Delete(_files.KeyFile);
        _time.Advance(ServerCertificate.LookPeriod);

        Assert.Same(current, certificate.Current);
        current.NewServerSession(0).Free();
    }

    [Theory]
    [InlineData(true, "tls.crt: no such file")]
    [InlineData(false, "tls.key: the private key in it is encrypted; that is not supported")]
    public async Task RenewalThatFails_IsToldPlainly(bool isRemoved, string reason)
    {
        var text = new StringWriter();
        await using (var log = new Log(text, LogLevel.Info, LogFormat.Text, _time))
        {
            using var certificate = _files.Serve(_time, log);
            if (isRemoved) File.Delete(_files.CertificateFile);
            else _files.EncryptKey(isTraditional: false);
            File.SetLastWriteTimeUtc(_files.KeyFile, DateTime.UtcNow.AddSeconds(1));
            _time.Advance(ServerCertificate.LookPeriod);
        }

        var line = Assert.Single($"{text}".Split('\n'), line => line.Contains("tls-not-renewed"));
        Assert.Contains(reason, line);
    }

    public void Dispose() => _files.Dispose();
}
