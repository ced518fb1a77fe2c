using System.Net.Sockets;
using Sidecar.Configuration;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Configuration;

public sealed class TlsSettingsTests : IDisposable
{
    private readonly TestCertificate _certificate = new(), _other = new();

    [Fact]
    public void CertificateWithItsKey_IsAccepted()
    {
        var reading = SettingsReader.Read(new TextSource(
            ("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile),
            ("SIDECAR_UPSTREAM", "https://[::1]:8443"), ("SIDECAR_UPSTREAM_CA_FILE", _other.CertificateFile)));

        Assert.Empty(reading.Faults);
        Assert.Equal("::1", reading.Settings!.UpstreamTlsHost);
        Assert.Equal(_certificate.KeyFile, reading.Settings.CertificateKeyFile);
    }

    [Fact]
    public void CertificateAndKey_BelongTogether()
    {
        Assert.Contains("SIDECAR_TLS_KEY=''", Fault(("SIDECAR_TLS_CERT", _certificate.CertificateFile)));
        Assert.Contains("mismatch", Fault(
            ("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _other.KeyFile)));
    }

    [Fact]
    public void FilesThatHoldSomethingElse_AreFaults()
    {
        Assert.Contains("SIDECAR_TLS_CERT=", Fault(
            ("SIDECAR_TLS_CERT", _certificate.KeyFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile)));
        Assert.Contains("SIDECAR_UPSTREAM_CA_FILE=", Fault(
            ("SIDECAR_UPSTREAM", "https://e:1"), ("SIDECAR_UPSTREAM_CA_FILE", _certificate.KeyFile)));
    }

    [Fact]
    public void UnixSocket_IsAnAddress_ButTakesNoCertificate()
    {
        var reading = SettingsReader.Read(new TextSource(("SIDECAR_LISTEN", "unix:/run/sidecar.sock")));
        Assert.Equal(new UnixDomainSocketEndPoint("/run/sidecar.sock"), reading.Settings!.Listen);
        Assert.Contains("own data port", Fault(
            ("SIDECAR_LISTEN", "unix:/run/a"), ("SIDECAR_UPSTREAM", "unix:/run/a")));
        Assert.Contains("SIDECAR_TLS_CERT=", Fault(
            ("SIDECAR_LISTEN", "unix:/run/a"),
            ("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _certificate.KeyFile)));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _other.Dispose();
    }

    private static string Fault(params (string, string)[] values) =>
        Assert.Single(SettingsReader.Read(new TextSource(values)).Faults);
}
