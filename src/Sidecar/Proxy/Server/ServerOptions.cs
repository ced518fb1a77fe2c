using System.Net;
using Sidecar.Transport;
using Sidecar.Upstream;

namespace Sidecar.Proxy.Server;

/// <param name="Listen">The data port, or a Unix socket; port 0 takes a free one.</param>
/// <param name="Threads">Reactor threads; 1 to 64.</param>
/// <param name="Upstream">Where the model server is.</param>
/// <param name="SleepTicksMax">Longest wait of a thread on which nothing happens; see <see cref="Reactor"/>.</param>
public sealed record ServerOptions(
    EndPoint Listen, int Threads, UpstreamOptions Upstream, long SleepTicksMax = Reactor.SleepTicksMax);
