using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using HttpMethod = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;
using HttpVersion = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion;

namespace Sidecar.Http.Requests;

/// <summary>
/// Takes what Kestrel's parser splits out of a head and turns it into ranges of that head. A readonly struct,
/// so that the parser is compiled for it and its calls are direct.
/// </summary>
internal readonly struct RequestHeadSink(RequestHeadParse parse) : IHttpRequestLineHandler, IHttpHeadersHandler
{
    public void OnStartLine(
        HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        var lead = parse.Head.LeadLength;
        parse.Head.Method = KindOf(versionAndMethod.Method);
        parse.Head.IsHttp11 = versionAndMethod.Version == HttpVersion.Http11;
        parse.Head.MethodName = new ByteRange(lead, versionAndMethod.MethodEnd);
        parse.Head.Target = new ByteRange(lead + targetPath.Offset, startLine.Length - targetPath.Offset);
        parse.Head.Path = new ByteRange(lead + targetPath.Offset, targetPath.Length);
    }

    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ref var first = ref parse.Buffer[parse.Start];
        var nameStart = (int)Unsafe.ByteOffset(ref first, ref MemoryMarshal.GetReference(name));
        var valueStart = value.IsEmpty
            ? nameStart + name.Length
            : (int)Unsafe.ByteOffset(ref first, ref MemoryMarshal.GetReference(value));
        parse.OnField(new ByteRange(nameStart, name.Length), new ByteRange(valueStart, value.Length), name, value);
    }

    public void OnHeadersComplete(bool endStream)
    {
    }

    // Only HTTP/2 and HTTP/3 have static tables.
    public void OnStaticIndexedHeader(int index) => throw new NotSupportedException();

    public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    private static KnownMethod KindOf(HttpMethod method) => method switch
    {
        HttpMethod.Get => KnownMethod.Get,
        HttpMethod.Post => KnownMethod.Post,
        HttpMethod.Head => KnownMethod.Head,
        HttpMethod.Put => KnownMethod.Put,
        HttpMethod.Delete => KnownMethod.Delete,
        HttpMethod.Patch => KnownMethod.Patch,
        HttpMethod.Options => KnownMethod.Options,
        HttpMethod.Trace => KnownMethod.Trace,
        HttpMethod.Connect => KnownMethod.Connect,
        _ => KnownMethod.Other,
    };
}
