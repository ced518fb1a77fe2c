using Sidecar.Transport.Tls;

namespace Sidecar.Configuration;

/// <summary>Tries the files that TLS needs, so that a fault in them is told with all others.</summary>
internal static class TlsSettings
{
    private const string Certificate = "SIDECAR_TLS_CERT", Key = "SIDECAR_TLS_KEY";
    private const string Authorities = "SIDECAR_UPSTREAM_CA_FILE";

    internal static void Check(SettingValues values, SidecarSettings settings)
    {
        if (values.IsSet(Certificate) != values.IsSet(Key))
        {
            var missing = values.IsSet(Certificate) ? Key : Certificate;
            values.Fault(missing, $"{Certificate} and {Key} belong together");
        }
        if (settings is { CertificateFile: { } certificate, CertificateKeyFile: { } key })
            Try(values, Certificate, () => TlsContext.ForServer(certificate, key));
        if (settings.UpstreamTlsHost is not null)
            Try(values, Authorities, () => TlsContext.ForClient(settings.UpstreamAuthoritiesFile));
        else if (settings.UpstreamAuthoritiesFile is not null)
            values.Fault(Authorities, "it is for an https:// upstream");
    }

    private static void Try(SettingValues values, string name, Func<TlsContext> make)
    {
        try
        {
            make().Dispose();
        }
        catch (IOException failure)
        {
            values.Fault(name, failure.Message);
        }
        catch (DllNotFoundException)
        {
            values.Fault(name, "TLS needs OpenSSL 3 (libssl.so.3), which is not installed");
        }
    }
}
