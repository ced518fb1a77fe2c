using System.Text;
using Sidecar.Http;
using Sidecar.Http.Fields;
using Sidecar.Http.Requests;
using Sidecar.Http.Responses;

namespace Sidecar.Tests.Http;

/// <summary>Parses heads that lie in the middle of a buffer whose other bytes would end or spoil them.</summary>
internal static class Heads
{
    public const int Offset = 7;

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes with poison before and after: whoever reads it finds an end that is not there.</summary>
    public static byte[] Surround(ReadOnlySpan<byte> bytes, string poison = "\r\n\r\n")
    {
        var before = Bytes(poison.PadLeft(Offset, '\n'))[..Offset];
        return [.. before, .. bytes, .. Bytes(poison)];
    }

    public static (ParseStatus Status, HttpFault Fault) Parse(
        string text, out RequestHead head, RequestHeadOptions? options = null)
    {
        var bytes = Bytes(text);
        head = new RequestHead();
        var scanned = 0;
        var parser = new RequestHeadParser(options ?? new RequestHeadOptions());
        var status = parser.Parse(Surround(bytes), Offset, bytes.Length, ref scanned, head, out var fault);
        return (status, fault);
    }

    public static RequestHead Valid(string text, RequestHeadOptions? options = null)
    {
        Assert.Equal((ParseStatus.Complete, HttpFault.None), Parse(text, out var head, options));
        return head;
    }

    public static (ParseStatus Status, HttpFault Fault) ParseResponse(
        string text, out ResponseHead head, KnownMethod method = KnownMethod.Get)
    {
        var bytes = Bytes(text);
        head = new ResponseHead(new FieldLines());
        var scanned = 0;
        var status = new ResponseHeadParser().Parse(
            Surround(bytes), Offset, bytes.Length, ref scanned, method, head, out var fault);
        return (status, fault);
    }

    public static ResponseHead ValidResponse(string text, KnownMethod method = KnownMethod.Get)
    {
        Assert.Equal((ParseStatus.Complete, HttpFault.None), ParseResponse(text, out var head, method));
        return head;
    }
}
