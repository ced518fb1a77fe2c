using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.IntegrationTests;

/// <summary>llama.cpp's server, started by <c>scripts/llama-server</c>, as its own process. <c>scripts/test</c>
/// installs it before the run, where that can be done; with <c>TEST_ENGINE=off</c> it is left out even where it
/// is.</summary>
public sealed class EngineServer : IAsyncDisposable
{
    public const int Slots = 4;

    // Slow enough that an answer of 900 tokens takes seconds: a client can leave in its midst.
    private const string Layers = "16";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<string> _grammars = new();

    private EngineServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What an engine that tells all writes down of each request as it comes in: the grammar of its answer,
    /// comments included, which can so carry an id.</summary>
    public IReadOnlyCollection<string> Grammars => _grammars;

    /// <param name="port">Where it listens; 0 takes a free one.</param>
    /// <param name="tellsAll">See <see cref="Grammars"/>.</param>
    /// <returns>The engine, or why there is none.</returns>
    public static async Task<(EngineServer? Engine, string Reason)> TryStartAsync(int port = 0, bool tellsAll = false)
    {
        if (Environment.GetEnvironmentVariable("TEST_ENGINE") == "off") return (null, "left out by --no-engine");
        var (status, said) = await RunScriptAsync("--check", "--layers", Layers);
        if (status != 0)
            return (null, $"llama.cpp's server is not here ({said.Trim()}); scripts/llama-server --install-only "
                + $"--layers {Layers} gets it");
        if (port == 0) port = FreePort.Take().Port;
        var start = Script("--port", $"{port}", "--slots", $"{Slots}", "--layers", Layers);
        if (tellsAll) start.Environment["LLAMA_ARG_LOG_VERBOSITY"] = "5";
        var engine = new EngineServer(Process.Start(start)!, port);
        engine._process.ErrorDataReceived += (_, line) => engine.Note(line.Data);
        engine._process.BeginErrorReadLine();
        await engine.AwaitReadyAsync();
        return (engine, "");
    }

    /// <returns>How many slots are generating.</returns>
    public async Task<int> BusySlotsAsync(CancellationToken stop)
    {
        var page = await _http.GetStringAsync(Url("/slots"), stop);
        return page.Split("\"is_processing\":true").Length - 1;
    }

    /// <returns>Tokens of all answers that the engine brought to their end.</returns>
    public async Task<double> PredictedTokensAsync(CancellationToken stop)
    {
        const string Series = "llamacpp:tokens_predicted_total ";
        var page = await _http.GetStringAsync(Url("/metrics"), stop);
        var line = page.Split('\n').Single(text => text.StartsWith(Series, StringComparison.Ordinal));
        return double.Parse(line[Series.Length..]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Ends it as a crash would, and waits until all that it had said was read.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    private void Note(string? line)
    {
        if (line?.Contains("Grammar (", StringComparison.Ordinal) == true) _grammars.Enqueue(line);
    }

    private Uri Url(string path) => new($"http://127.0.0.1:{Port}{path}");

    private async Task AwaitReadyAsync()
    {
        for (var left = ReadyWithin; left > TimeSpan.Zero && !_process.HasExited; left -= Pause)
        {
            try
            {
                using var answer = await _http.GetAsync(Url("/health"));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(Pause);
        }
        await DisposeAsync();
        throw new InvalidOperationException("llama.cpp's server was started but does not answer");
    }

    private static async Task<(int Status, string Said)> RunScriptAsync(params string[] arguments)
    {
        using var process = Process.Start(Script(arguments))!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private static ProcessStartInfo Script(params string[] arguments) =>
        new(Path.Combine(EngineFixture.Root, "scripts", "llama-server"), arguments) { RedirectStandardError = true };
}
