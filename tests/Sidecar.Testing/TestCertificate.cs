using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sidecar.Testing;

/// <summary>A certificate for loopback that vouches for itself, with its key, in files.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sidecar-tls-").FullName;

    public TestCertificate(string name = "sidecar.test")
    {
        Certificate = null!;
        Renew(name);
    }

    public X509Certificate2 Certificate { get; private set; }

    public string CertificateFile => Path.Combine(_folder, "tls.crt");

    public string KeyFile => Path.Combine(_folder, "tls.key");

    /// <summary>Writes another pair into the same files.</summary>
    public void Renew(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(CertificateFile, made.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        Certificate?.Dispose();
        Certificate = X509CertificateLoader.LoadPkcs12(
            made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Puts an encrypted key in the key's place, which it gives too.</summary>
    /// <param name="isTraditional">As <c>openssl ec -aes256</c> writes it, not as PKCS #8; a key only in form.</param>
    public string EncryptKey(bool isTraditional)
    {
        using var key = Certificate.GetECDsaPrivateKey()!;
        var text = isTraditional
            ? $"""
                -----BEGIN EC PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-256-CBC,{new string('0', 32)}

                {Convert.ToBase64String(new byte[48])}
                -----END EC PRIVATE KEY-----
                """
            : key.ExportEncryptedPkcs8PrivateKeyPem(
                "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048));
        File.WriteAllText(KeyFile, $"{text}\n");
        return $"\n{text}\n";
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
