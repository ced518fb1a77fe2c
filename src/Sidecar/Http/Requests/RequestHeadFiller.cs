using System.Text;
using Sidecar.Http.Bodies;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>Fills a head during one parse: applies this project's own rules to each field as Kestrel's parser hands it
/// over. One per parser, reused; only the first fault counts.</summary>
internal sealed class RequestHeadFiller(byte[] contextFieldName, ViaPseudonym? pseudonym)
{
    private int _optionCount;

    public RequestHead Head { get; private set; } = null!;

    public byte[] Buffer { get; private set; } = [];

    public int Start { get; private set; }

    public void Begin(byte[] buffer, int start, RequestHead head, int headLength, int leadLength)
    {
        Buffer = buffer;
        Start = start;
        Head = head;
        _optionCount = 0;
        head.Clear();
        head.HeadLength = headLength;
        head.LeadLength = leadLength;
    }

    public void OnField(ByteRange nameRange, ByteRange valueRange, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var head = Head;
        if (head.Fault != HttpFault.None) return;
        var kind = FieldKinds.Classify(name);
        if (kind != FieldKind.Other)
            head.Fault = OnKnown(head, kind, valueRange, value);
        else if (!Octets.IsToken(name))
            head.Fault = HttpFault.BadFieldName;
        else if (Ascii.EqualsIgnoreCase(name, contextFieldName))
            (kind, head.HasWorkloadContext, head.WorkloadContext) = (FieldKind.WorkloadContext, true, valueRange);
        if (head.Fault != HttpFault.None) return;
        if (nameRange.Length > ushort.MaxValue)
            head.Fault = HttpFault.HeadTooLarge;
        else if (!head.Fields.TryAdd(new FieldLine(nameRange, valueRange, kind)))
            head.Fault = HttpFault.TooManyFields;
    }

    private HttpFault OnKnown(RequestHead head, FieldKind kind, ByteRange range, ReadOnlySpan<byte> value)
    {
        var isRepeated = head.Fields.Has(kind);
        switch (kind)
        {
            case FieldKind.Host:
                return isRepeated ? HttpFault.HostRepeated : HostFault(head, value);
            case FieldKind.ContentLength:
                return isRepeated ? HttpFault.ContentLengthRepeated : SetLength(head, value);
            case FieldKind.TransferEncoding:
                return isRepeated ? HttpFault.TransferCodingRepeated : SetChunked(head, value);
            case FieldKind.Connection:
                return ConnectionOptionReader.Read(value, ref head.Options, ref _optionCount);
            case FieldKind.Expect:
                if (!head.IsHttp11) return HttpFault.None;
                head.ExpectContinue = HeadText.EqualsLowered(value, "100-continue"u8);
                return head.ExpectContinue ? HttpFault.None : HttpFault.UnknownExpectation;
            case FieldKind.Upgrade:
                head.Upgrade = !value.IsEmpty && !OffersHttp(value) && (head.Upgrade || !isRepeated);
                return HttpFault.None;
            case FieldKind.Via:
                return pseudonym?.StandsIn(value) == true ? HttpFault.Loop : HttpFault.None;
            case FieldKind.Te:
                head.AcceptsTrailers |= HeadText.EqualsLowered(value, "trailers"u8);
                return HttpFault.None;
            case FieldKind.GatewayFairnessId:
            case FieldKind.LlmdFairnessId when !head.Fields.Has(FieldKind.GatewayFairnessId):
                head.HasFairnessId = true;
                head.FairnessId = range;
                return HttpFault.None;
            default:
                return HttpFault.None;
        }
    }

    /// <summary>
    /// An http URI without a host is an error (RFC 9110 section 4.2.1), and Host alone names that of a target in origin
    /// form (RFC 9112 section 3.3). With <c>*</c>, which is no URI, and in HTTP/1.0 an empty value means no host.
    /// </summary>
    private static HttpFault HostFault(RequestHead head, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return head.IsHttp11 && head.IsOriginForm ? HttpFault.HostEmpty : HttpFault.None;
        if (value.ContainsAnyExcept(Octets.Host)) return HttpFault.BadHost;
        return value[0] == ':' ? HttpFault.HostEmpty : HttpFault.None;
    }

    private static HttpFault SetLength(RequestHead head, ReadOnlySpan<byte> value)
    {
        if (!FieldValues.TryReadLength(value, out var length)) return HttpFault.BadContentLength;
        head.Framing = BodyFraming.Length;
        head.ContentLength = length;
        return HttpFault.None;
    }

    private static HttpFault SetChunked(RequestHead head, ReadOnlySpan<byte> value)
    {
        if (!head.IsHttp11) return HttpFault.TransferCodingInHttp10;
        head.Framing = BodyFraming.Chunked;
        return FieldValues.TransferCodingFault(value);
    }

    private static bool OffersHttp(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var protocol = FieldValues.NextElement(ref value);
            if (HeadText.StartsWithLowered(protocol, "h2"u8) || HeadText.StartsWithLowered(protocol, "http"u8)
                || HeadText.StartsWithLowered(protocol, "tls"u8))
                return true;
        }
        return false;
    }
}
