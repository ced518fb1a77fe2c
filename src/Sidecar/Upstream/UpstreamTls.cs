using Sidecar.Transport.Tls;

namespace Sidecar.Upstream;

/// <summary>How connections to the model server are encrypted.</summary>
/// <param name="Context">Tells which authorities are trusted.</param>
/// <param name="Host">The name or address that the model server's certificate has to be for.</param>
public sealed record UpstreamTls(TlsContext Context, string Host);
