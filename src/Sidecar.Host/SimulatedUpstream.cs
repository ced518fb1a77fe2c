using System.Net;
using Sidecar.Configuration;
using Sidecar.ModelServer;

namespace Sidecar.Host;

/// <summary>The embedded simulated model server, on a free port of loopback.</summary>
internal static class SimulatedUpstream
{
    internal static Task<SimulatedModelServer> StartAsync(SimulatedSettings settings) =>
        SimulatedModelServer.StartAsync(
        new ModelServerOptions
        {
            Slots = settings.Slots,
            TokensPerSecond = settings.TokensPerSecond,
            Seed = settings.Seed,
        },
        new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System);
}
