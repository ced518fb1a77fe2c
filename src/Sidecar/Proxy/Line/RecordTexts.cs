using System.Text;
using Sidecar.Http.Requests;
using Sidecar.Records;

namespace Sidecar.Proxy.Line;

/// <summary>Copies method and target out of a head while its bytes are valid. Pure; allocates.</summary>
internal static class RecordTexts
{
    /// <summary>Most bytes of a method or target, so that a line of the log has room for what follows.</summary>
    internal const int BytesMax = 1024;

    internal static void Fill(RequestRecord record, RequestHead head, ReadOnlySpan<byte> source)
    {
        record.Method = Shorten(head.MethodName.In(source));
        record.Target = Shorten(head.Target.In(source));
    }

    private static string Shorten(ReadOnlySpan<byte> text) => text.Length <= BytesMax
        ? Encoding.ASCII.GetString(text)
        : $"{Encoding.ASCII.GetString(text[..BytesMax])}...";
}
