using Sidecar.Http.Fields;
using Sidecar.Http.Requests;
using Sidecar.Http.Responses;
using Sidecar.Transport;
using Sidecar.Transport.Buffers;
using Sidecar.Upstream;

namespace Sidecar.Proxy;

/// <summary>What the connections of one reactor share: what is needed for one step only, or costs too much to have for
/// each. Used on the reactor's thread.</summary>
internal sealed class ReactorServices
{
    internal ReactorServices(ProxyServices shared, Reactor reactor, UpstreamPool upstream)
    {
        (Shared, Reactor, Upstream) = (shared, reactor, upstream);
        var options = shared.Options;
        RequestHeadParser = new RequestHeadParser(new RequestHeadOptions
        {
            HeadLimitBytes = options.HeadLimitBytes,
            ContextFieldName = options.ContextFieldName,
            MarkedPaths = options.BypassPaths,
            Pseudonym = options.Pseudonym,
        });
        ResponseHeadParser = new ResponseHeadParser(options.HeadLimitBytes);
        var growthBytes = Math.Max(RequestHeadWriter.GrowthBytesMax, ResponseHeadWriter.GrowthBytesMax);
        Scratch = new byte[options.HeadLimitBytes + growthBytes];
    }

    internal ProxyServices Shared { get; }

    internal Reactor Reactor { get; }

    internal UpstreamPool Upstream { get; }

    internal BufferPool Buffers { get; } = new();

    internal RequestHeadParser RequestHeadParser { get; }

    internal ResponseHeadParser ResponseHeadParser { get; }

    /// <summary>The request head that a connection has just read: used up before its step returns.</summary>
    internal RequestHead RequestHead { get; } = new();

    /// <summary>The fields of the response head that was just read: used up before the step returns.</summary>
    internal FieldLines ResponseFields { get; } = new();

    /// <summary>Room for one rewritten head or one own answer; valid until the step that filled it returns.</summary>
    internal byte[] Scratch { get; }
}
