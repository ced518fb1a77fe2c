using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecar.Transport.Tls;

namespace Sidecar.Configuration;

/// <summary>Tries the files that TLS needs, so that a fault in them is told with all others.</summary>
internal static class TlsSettings
{
    private static readonly Setting Certificate = Settings.Certificate, Key = Settings.CertificateKey;
    private static readonly Setting Authorities = Settings.UpstreamAuthoritiesFile;

    internal static void Check(SettingValues values, SidecarSettings settings)
    {
        if (values.IsSet(Certificate) != values.IsSet(Key))
        {
            var missing = values.IsSet(Certificate) ? Key : Certificate;
            values.Fault(missing, $"{Certificate.Name} and {Key.Name} belong together");
        }
        if (settings is { CertificateFile: { } file, CertificateKeyFile: { } keyFile })
            Try(values, Certificate, () => TlsContext.ForServer(file, keyFile));
        if (settings.UpstreamTlsHost is not null)
        {
            if (Try(values, Authorities, () => TlsContext.ForClient(settings.UpstreamAuthoritiesFile))
                && settings.UpstreamAuthoritiesFile is { } authorities) CheckAuthorities(values, authorities);
        }
        else if (settings.UpstreamAuthoritiesFile is not null)
        {
            values.Fault(Authorities, "it is for an https:// upstream");
        }
    }

    private static bool Try(SettingValues values, Setting setting, Func<TlsContext> make)
    {
        try
        {
            make().Dispose();
            return true;
        }
        catch (IOException failure)
        {
            Tell(values, setting, failure.Message);
        }
        catch (DllNotFoundException)
        {
            values.Fault(setting, "TLS needs OpenSSL 3 (libssl.so.3), which is not installed");
        }
        return false;
    }

    /// <summary>The health probe is the runtime's own client, which takes less than OpenSSL does.</summary>
    private static void CheckAuthorities(SettingValues values, string file)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            if (found.Count == 0) values.Fault(Authorities, "there is no certificate in PEM form in it");
            foreach (var certificate in found) certificate.Dispose();
        }
        catch (Exception failure) when (
            failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            values.Fault(Authorities, "a certificate in it is malformed");
        }
    }

    /// <summary>
    /// Under the variable whose file the reason is about, which it names first, and without that name.
    /// </summary>
    private static void Tell(SettingValues values, Setting setting, string reason)
    {
        foreach (var named in (Setting[])[setting, Key])
        {
            var file = $"{values.Text(named)}: ";
            if (!reason.StartsWith(file, StringComparison.Ordinal)) continue;
            (setting, reason) = (named, reason[file.Length..]);
            break;
        }
        values.Fault(setting, reason switch
        {
            "no start line" when setting == Key => "there is no private key in PEM form in it",
            "no start line" => "there is no certificate in PEM form in it",
            "key values mismatch" => $"it is not the key of {Certificate.Name}: {reason}",
            _ => reason,
        });
    }
}
