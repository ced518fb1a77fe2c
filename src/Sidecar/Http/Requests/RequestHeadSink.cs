using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using HttpMethod = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;
using HttpVersion = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion;

namespace Sidecar.Http.Requests;

/// <summary>Turns what Kestrel's parser splits out of a head into ranges of that head. A readonly struct, so that the
/// parser is compiled for it and calls it directly.</summary>
internal readonly struct RequestHeadSink(RequestHeadFiller filler) : IHttpRequestLineHandler, IHttpHeadersHandler
{
    public void OnStartLine(
        HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        var lead = filler.Head.LeadLength;
        filler.Head.Method = KindOf(versionAndMethod.Method);
        filler.Head.IsHttp11 = versionAndMethod.Version == HttpVersion.Http11;
        filler.Head.MethodName = new ByteRange(lead, versionAndMethod.MethodEnd);
        filler.Head.Target = new ByteRange(lead + targetPath.Offset, startLine.Length - targetPath.Offset);
        filler.Head.Path = new ByteRange(lead + targetPath.Offset, targetPath.Length);
    }

    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ref var first = ref filler.Buffer[filler.Start];
        var nameStart = (int)Unsafe.ByteOffset(ref first, ref MemoryMarshal.GetReference(name));
        var valueStart = value.IsEmpty
            ? nameStart + name.Length
            : (int)Unsafe.ByteOffset(ref first, ref MemoryMarshal.GetReference(value));
        filler.OnField(new ByteRange(nameStart, name.Length), new ByteRange(valueStart, value.Length), name, value);
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
