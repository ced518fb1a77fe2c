namespace Sidecar.Http.Fields;

/// <summary>The options of all Connection fields of a head (RFC 9110 section 7.6.1).</summary>
[Flags]
internal enum ConnectionOptions : byte
{
    None = 0,
    Close = 1,
    KeepAlive = 2,
    Upgrade = 4,
    Te = 8,

    /// <summary>At least one field is named that is to be dropped.</summary>
    Named = 16,
}
