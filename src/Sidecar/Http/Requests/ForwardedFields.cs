using System.Net;
using System.Text;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>What a gateway tells the server behind it of one client's connection: <c>Via</c> (RFC 9110 section 7.6.3),
/// <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>. Made once per connection; immutable; any thread.</summary>
/// <remarks>
/// Lists grow at their end: a Via of ours follows those before, and the client's address joins an X-Forwarded-For that
/// came in one line, since servers differ in which of several lines they read. An earlier X-Forwarded-Proto stays:
/// whoever ended the TLS knows the protocol better.
/// </remarks>
internal sealed class ForwardedFields
{
    /// <summary>Longest lines in bytes: Via (27), X-Forwarded-For with IPv6 (67), X-Forwarded-Proto (26).</summary>
    public const int BytesMax = 120;

    private readonly byte[] _lines;
    private readonly byte[] _client;
    private readonly ViaPseudonym _pseudonym;
    private readonly bool _isTls;
    private readonly bool _isNone;

    /// <param name="client">The client's address; null where there is none, as on a Unix socket.</param>
    /// <param name="isTls">The client's connection is encrypted.</param>
    /// <param name="pseudonym">The name of this process in Via.</param>
    public ForwardedFields(IPAddress? client, bool isTls, ViaPseudonym pseudonym)
        : this(client, isTls, pseudonym, isNone: false)
    {
    }

    private ForwardedFields(IPAddress? client, bool isTls, ViaPseudonym pseudonym, bool isNone)
    {
        (_isTls, _pseudonym, _isNone) = (isTls, pseudonym, isNone);
        _client = Encoding.ASCII.GetBytes(TextOf(client));
        Span<byte> lines = stackalloc byte[BytesMax];
        var builder = new HeadBuilder(lines);
        if (!isNone)
        {
            AppendVia(ref builder, isHttp11: true);
            if (_client.Length > 0) AppendClient(ref builder, [], default);
            AppendProtocol(ref builder);
        }
        _lines = lines[..builder.Length].ToArray();
    }

    /// <summary>Adds no field.</summary>
    public static ForwardedFields None { get; } = new(null, isTls: false, new ViaPseudonym("sidecar"), isNone: true);

    /// <summary>The lines for an HTTP/1.1 request that has none of these fields yet.</summary>
    internal ReadOnlySpan<byte> Lines => _lines;

    /// <summary>Kinds whose lines must not be copied, because <see cref="AppendTo"/> writes them anew.</summary>
    internal uint RewrittenMask => _client.Length > 0 ? FieldKinds.MaskOf(FieldKind.ForwardedFor) : 0;

    /// <summary>Writes the lines behind the fields of a head that may have some of its own.</summary>
    internal void AppendTo(ref HeadBuilder builder, RequestHead head, ReadOnlySpan<byte> source)
    {
        if (_isNone) return;
        AppendVia(ref builder, head.IsHttp11);
        if (_client.Length > 0) AppendClient(ref builder, head.Fields.Lines, source);
        if (!HasProtocol(head.Fields.Lines)) AppendProtocol(ref builder);
    }

    private void AppendVia(ref HeadBuilder builder, bool isHttp11)
    {
        builder.Append(isHttp11 ? "Via: 1.1 "u8 : "Via: 1.0 "u8);
        builder.Append(_pseudonym.Octets);
        builder.Append("\r\n"u8);
    }

    /// <summary>Whether a protocol was told for the next hop; a field that Connection names ends at this one.</summary>
    private static bool HasProtocol(ReadOnlySpan<FieldLine> lines)
    {
        foreach (ref readonly var line in lines)
        {
            if (line.Kind == FieldKind.ForwardedProto) return true;
        }
        return false;
    }

    private void AppendClient(
        ref HeadBuilder builder, ReadOnlySpan<FieldLine> lines, scoped ReadOnlySpan<byte> source)
    {
        builder.Append("X-Forwarded-For: "u8);
        foreach (ref readonly var line in lines)
        {
            if (line.Kind != FieldKind.ForwardedFor || line.ValueLength == 0) continue;
            builder.Append(line.Value.In(source));
            builder.Append(", "u8);
        }
        builder.Append(_client);
        builder.Append("\r\n"u8);
    }

    private void AppendProtocol(ref HeadBuilder builder) =>
        builder.Append(_isTls ? "X-Forwarded-Proto: https\r\n"u8 : "X-Forwarded-Proto: http\r\n"u8);

    private static string TextOf(IPAddress? client)
    {
        if (client is null) return "";
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        // The number of an interface of this machine means nothing elsewhere.
        var text = $"{client}";
        var scope = text.IndexOf('%');
        return scope < 0 ? text : text[..scope];
    }
}
