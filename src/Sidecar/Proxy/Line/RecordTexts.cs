using System.Text;
using Sidecar.Http.Requests;
using Sidecar.Records;

namespace Sidecar.Proxy.Line;

/// <summary>Takes method and target out of a head, while its bytes stand. Pure; allocates.</summary>
internal static class RecordTexts
{
    /// <summary>Of each, or a long one would leave a line of the log no room for what follows.</summary>
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
