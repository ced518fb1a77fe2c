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
    public static FieldKind Classify(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 2:
                return When(name, "te"u8, FieldKind.Te);
            case 3:
                return When(name, "via"u8, FieldKind.Via);
            case 4:
                return When(name, "host"u8, FieldKind.Host);
            case 6:
                return When(name, "expect"u8, FieldKind.Expect);
            case 7:
                return (name[0] | 0x20) == 'u'
                    ? When(name, "upgrade"u8, FieldKind.Upgrade)
                    : When(name, "trailer"u8, FieldKind.Trailer);
            case 10:
                return (name[0] | 0x20) == 'c'
                    ? When(name, "connection"u8, FieldKind.Connection)
                    : When(name, "keep-alive"u8, FieldKind.KeepAlive);
            case 12:
                return When(name, "content-type"u8, FieldKind.ContentType);
            case 14:
                return When(name, "content-length"u8, FieldKind.ContentLength);
            case 15:
                return When(name, "x-forwarded-for"u8, FieldKind.ForwardedFor);
            case 16:
                return When(name, "proxy-connection"u8, FieldKind.ProxyConnection);
            case 17:
                return (name[0] | 0x20) == 't'
                    ? When(name, "transfer-encoding"u8, FieldKind.TransferEncoding)
                    : When(name, "x-forwarded-proto"u8, FieldKind.ForwardedProto);
            case 29:
                return When(name, "x-llm-d-inference-fairness-id"u8, FieldKind.LlmdFairnessId);
            case 31:
                return When(name, "x-gateway-inference-fairness-id"u8, FieldKind.GatewayFairnessId);
            default:
                return FieldKind.Other;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FieldKind When(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowered, FieldKind kind) =>
        HeadText.EqualsLowered(name, lowered) ? kind : FieldKind.Other;
}
