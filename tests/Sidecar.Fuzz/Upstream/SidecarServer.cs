using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Sidecar.Fuzz.Reference;

namespace Sidecar.Fuzz.Upstream;

/// <summary>The published binary, with its log of requests: what the sidecar itself has read.</summary>
internal sealed class SidecarServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TaskCompletionSource<IPEndPoint> _started =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    /// <param name="binary">The published one.</param>
    /// <param name="modelServerPort">On loopback.</param>
    /// <param name="onRequest">Each that was relayed to its end, with the status of its answer.</param>
    internal SidecarServer(string binary, int modelServerPort, Action<ReadRequest, int> onRequest)
    {
        var start = new ProcessStartInfo(binary) { RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SIDECAR_")).ToList())
            start.Environment.Remove(name);
        start.Environment["SIDECAR_LISTEN"] = start.Environment["SIDECAR_ADMIN"] = "127.0.0.1:0";
        start.Environment["SIDECAR_UPSTREAM"] = $"127.0.0.1:{modelServerPort}";
        start.Environment["SIDECAR_LOG_LEVEL"] = "debug";
        start.Environment["SIDECAR_DRAIN_DELAY"] = "0";
        _process = Process.Start(start)!;
        _reading = ReadAsync(onRequest);
    }

    internal Task<IPEndPoint> EndPointAsync() => _started.Task.WaitAsync(Patience);

    /// <summary>Drains it, so that its log is whole; its exit code.</summary>
    internal async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        await _reading.WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task ReadAsync(Action<ReadRequest, int> onRequest)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            string Text(string name) => json.RootElement.GetProperty(name).GetString()!;
            switch (Text("event"))
            {
                case "started":
                    _started.SetResult(IPEndPoint.Parse(Text("listen")));
                    break;
                case "request" when Text("outcome") == "completed":
                    var target = ReferenceRequest.UpstreamTargetOf(Text("method"), Text("target"));
                    var length = long.Parse(Text("request_body_bytes"), CultureInfo.InvariantCulture);
                    onRequest(
                        new ReadRequest(Text("method"), target, length),
                        int.Parse(Text("status"), CultureInfo.InvariantCulture));
                    break;
            }
        }
    }
}
