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
        Assert.Equal(
            $"SIDECAR_TLS_KEY='{_other.KeyFile}': it is not the key of SIDECAR_TLS_CERT: key values mismatch",
            Fault(("SIDECAR_TLS_CERT", _certificate.CertificateFile), ("SIDECAR_TLS_KEY", _other.KeyFile)));
    }

    [Fact]
    public void FilesThatHoldSomethingElse_AreFaults()
    {
        var (certificate, key) = (_certificate.CertificateFile, _certificate.KeyFile);
        Assert.Equal($"SIDECAR_TLS_CERT='{key}': there is no certificate in PEM form in it",
            Fault(("SIDECAR_TLS_CERT", key), ("SIDECAR_TLS_KEY", key)));
        File.WriteAllText(_other.KeyFile, "no key");
        Assert.StartsWith($"SIDECAR_TLS_KEY='{_other.KeyFile}': ",
            Fault(("SIDECAR_TLS_CERT", certificate), ("SIDECAR_TLS_KEY", _other.KeyFile)));
        foreach (var other in (string[])[key, _other.KeyFile])
        {
            Assert.StartsWith($"SIDECAR_UPSTREAM_CA_FILE='{other}': ",
                Fault(("SIDECAR_UPSTREAM", "https://e:1"), ("SIDECAR_UPSTREAM_CA_FILE", other)));
        }
    }

    /// <summary>OpenSSL would ask for the pass phrase on the terminal, and wait for it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EncryptedKey_IsAFault_InAFileOfItsOwn_AndBesideTheCertificate(bool isTraditional)
    {
        var (certificate, key) = (_certificate.CertificateFile, _certificate.KeyFile);
        var encrypted = _certificate.EncryptKey(isTraditional);
        const string reason = "the private key in it is encrypted; that is not supported";

        Assert.Equal($"SIDECAR_TLS_KEY='{key}': {reason}",
            Fault(("SIDECAR_TLS_CERT", certificate), ("SIDECAR_TLS_KEY", key)));
        File.AppendAllText(certificate, encrypted);
        Assert.Equal($"SIDECAR_TLS_CERT='{certificate}': {reason}",
            Fault(("SIDECAR_TLS_CERT", certificate), ("SIDECAR_TLS_KEY", certificate)));
    }

    [Fact]
    public void AuthoritiesThatOnlyOneOfTheTwoReadersTakes_AreAFault()
    {
        var pem = File.ReadAllText(_certificate.CertificateFile).Replace("CERTIFICATE", "TRUSTED CERTIFICATE");
        File.WriteAllText(_other.CertificateFile, pem);

        Assert.StartsWith($"SIDECAR_UPSTREAM_CA_FILE='{_other.CertificateFile}': ", Fault(
            ("SIDECAR_UPSTREAM", "https://e:1"), ("SIDECAR_UPSTREAM_CA_FILE", _other.CertificateFile)));
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
