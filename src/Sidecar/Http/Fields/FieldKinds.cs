using System.Runtime.CompilerServices;

namespace Sidecar.Http.Fields;

/// <summary>From field names to kinds, and sets of kinds as bit masks. Pure; any thread.</summary>
internal static class FieldKinds
{
    /// <summary>Kinds that end at each hop (RFC 9110 section 7.6.1), and framing, which is written anew.</summary>
    internal const uint RewrittenMask =
        (1u << (int)FieldKind.ContentLength) | (1u << (int)FieldKind.TransferEncoding)
        | (1u << (int)FieldKind.Connection) | (1u << (int)FieldKind.KeepAlive)
        | (1u << (int)FieldKind.ProxyConnection) | (1u << (int)FieldKind.Te) | (1u << (int)FieldKind.Upgrade)
        | (1u << (int)FieldKind.ConnectionNamed);

    /// <summary>Kinds that a forwarder before this one has written, and this one adds to.</summary>
    internal const uint ForwardedMask = (1u << (int)FieldKind.Via) | (1u << (int)FieldKind.ForwardedFor)
        | (1u << (int)FieldKind.ForwardedProto);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint MaskOf(FieldKind kind) => 1u << (int)kind;

    /// <summary>The kind of a field name, in any case of letters; by length and first letter, then in full.</summary>
    public static FieldKind Classify(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => When(name, "te"u8, FieldKind.Te),
        3 => When(name, "via"u8, FieldKind.Via),
        4 => When(name, "host"u8, FieldKind.Host),
        6 => When(name, "expect"u8, FieldKind.Expect),
        7 when (name[0] | 0x20) == 'u' => When(name, "upgrade"u8, FieldKind.Upgrade),
        7 => When(name, "trailer"u8, FieldKind.Trailer),
        10 when (name[0] | 0x20) == 'c' => When(name, "connection"u8, FieldKind.Connection),
        10 => When(name, "keep-alive"u8, FieldKind.KeepAlive),
        12 => When(name, "content-type"u8, FieldKind.ContentType),
        14 => When(name, "content-length"u8, FieldKind.ContentLength),
        15 => When(name, "x-forwarded-for"u8, FieldKind.ForwardedFor),
        16 => When(name, "proxy-connection"u8, FieldKind.ProxyConnection),
        17 when (name[0] | 0x20) == 't' => When(name, "transfer-encoding"u8, FieldKind.TransferEncoding),
        17 => When(name, "x-forwarded-proto"u8, FieldKind.ForwardedProto),
        29 => When(name, "x-llm-d-inference-fairness-id"u8, FieldKind.LlmdFairnessId),
        31 => When(name, "x-gateway-inference-fairness-id"u8, FieldKind.GatewayFairnessId),
        _ => FieldKind.Other,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldKind When(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowered, FieldKind kind) =>
        HeadText.EqualsLowered(name, lowered) ? kind : FieldKind.Other;
}
