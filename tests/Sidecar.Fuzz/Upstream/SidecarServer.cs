using System.Globalization;
using System.Text.Json;
using Sidecar.Fuzz.Reference;
using Sidecar.Testing;

namespace Sidecar.Fuzz.Upstream;

/// <summary>The published binary, with its log of requests: what the sidecar itself has read.</summary>
internal static class SidecarServer
{
    /// <param name="binary">The published one.</param>
    /// <param name="modelServerPort">On loopback.</param>
    /// <param name="onRequest">Each that was relayed to its end, with the status of its answer.</param>
    internal static Task<SidecarProcess> StartAsync(
        string binary, int modelServerPort, Action<ReadRequest, int> onRequest) => SidecarProcess.StartAsync(
        binary, $"127.0.0.1:{modelServerPort}",
        [("SIDECAR_CONCURRENCY", "64"), ("SIDECAR_LOG_LEVEL", "debug"), ("SIDECAR_DRAIN_DELAY", "0")],
        line => Read(line, onRequest));

    private static void Read(JsonElement line, Action<ReadRequest, int> onRequest)
    {
        string Text(string name) => line.GetProperty(name).GetString()!;
        if (Text("event") != "request" || Text("outcome") != "completed") return;
        var target = ReferenceRequest.UpstreamTargetOf(Text("method"), Text("target"));
        var length = long.Parse(Text("request_body_bytes"), CultureInfo.InvariantCulture);
        onRequest(
            new ReadRequest(Text("method"), target, length), int.Parse(Text("status"), CultureInfo.InvariantCulture));
    }
}
