using Sidecar.Downstream;
using Sidecar.Telemetry;
using Sidecar.Transport.Tls;
using Sidecar.Upstream;

namespace Sidecar.Tests.Proxy;

/// <summary>A certificate in files, as both sides of the data plane take it.</summary>
internal static class CertificateUses
{
    internal static ServerCertificate Serve(this TestCertificate files, TimeProvider time, Log? log = null) =>
        new(files.CertificateFile, files.KeyFile, log ?? Log.Silent, time);

    /// <summary>Trust in this certificate alone.</summary>
    internal static UpstreamTls Trust(this TestCertificate files, string host) =>
        new(TlsContext.ForClient(files.CertificateFile), host);
}
