namespace Sidecar.DataPlane;

/// <summary>How the end of a body is known (RFC 9112, section 6.3).</summary>
internal enum BodyFraming : byte
{
    None,
    Length,
    Chunked,
    UntilClose,
}
