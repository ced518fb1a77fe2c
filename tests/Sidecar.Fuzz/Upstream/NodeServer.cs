using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Sidecar.Fuzz.Upstream;

/// <summary>Node's HTTP server as the model server: what llhttp reads behind the sidecar.</summary>
internal sealed class NodeServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _script;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    /// <param name="onRequest">Each that was read to its end.</param>
    internal NodeServer(Action<ReadRequest> onRequest)
    {
        _script = Path.GetTempFileName();
        using (var source = Assembly.GetExecutingAssembly().GetManifestResourceStream("node-server.js")!)
        using (var target = File.Create(_script)) source.CopyTo(target);
        _process = Process.Start(new ProcessStartInfo("node", [_script])
        {
            RedirectStandardOutput = true, RedirectStandardInput = true,
        })!;
        _reading = ReadAsync(onRequest);
    }

    /// <summary>What it could not read, by llhttp's codes.</summary>
    internal ConcurrentDictionary<string, int> Errors { get; } = new();

    internal Task<int> PortAsync() => _port.Task.WaitAsync(Patience);

    /// <summary>Ends the server, and with it the lines that it writes.</summary>
    internal async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _reading.WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        File.Delete(_script);
    }

    private async Task ReadAsync(Action<ReadRequest> onRequest)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "P":
                    _port.SetResult(int.Parse(words[1], CultureInfo.InvariantCulture));
                    break;
                case "R":
                    var length = long.Parse(words[3], CultureInfo.InvariantCulture);
                    onRequest(new ReadRequest(words[1], words[2], length, words[4]));
                    break;
                default:
                    Errors.AddOrUpdate(words[1], 1, (_, count) => count + 1);
                    break;
            }
        }
    }
}
