namespace Sidecar.Http.Fields;

/// <summary>The fields that decide something in the proxy; found by <see cref="FieldKinds.Classify"/>.</summary>
internal enum FieldKind : byte
{
    Other,
    Host,
    ContentType,
    Trailer,
    GatewayFairnessId,
    LlmdFairnessId,
    WorkloadContext,
    ContentLength,
    TransferEncoding,
    Connection,
    KeepAlive,
    ProxyConnection,
    Te,
    Upgrade,
    Expect,
    Via,
    ForwardedFor,
    ForwardedProto,

    /// <summary>Named by a Connection field, and so meant for this hop only (RFC 9110 section 7.6.1).</summary>
    ConnectionNamed,
}
