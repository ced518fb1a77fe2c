namespace Sidecar.ModelServer;

/// <summary>Drives a <see cref="Batch"/> in time, on one loop. Requests come from any thread.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Batch _batch;
    private readonly ModelServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private int _nextNumber;

    internal Engine(ModelServerOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _batch = new Batch(options);
        _random = new Random(options.Seed);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Null when too many wait.</summary>
    /// <param name="promptTokens">At least 1.</param>
    /// <param name="tokens">Tokens asked for; 0: as many as it likes.</param>
    internal Sequence? TryStart(int promptTokens, int tokens)
    {
        lock (_lock)
        {
            // Between half and one and a half times the default, uniformly.
            var liked = _options.DefaultTokens / 2 + _random.Next(_options.DefaultTokens + 1);
            var wanted = Math.Clamp(tokens > 0 ? tokens : Math.Max(1, liked), 1, _options.TokensMax);
            var sequence = new Sequence(_nextNumber++, promptTokens, wanted);
            if (!_batch.TryAdd(sequence)) return null;
            if (_work.CurrentCount == 0) _work.Release();
            return sequence;
        }
    }

    internal EngineFigures Figures
    {
        get
        {
            lock (_lock)
            {
                return new EngineFigures(
                    _batch.Running, _batch.Waiting, _batch.HeldTokens, _batch.PromptTokens, _batch.GeneratedTokens);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _ending.Dispose();
        _work.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(_ending.Token);
                while (await StepAsync())
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    private async Task<bool> StepAsync()
    {
        TimeSpan duration;
        lock (_lock) duration = _batch.Begin();
        if (duration > TimeSpan.Zero) await Task.Delay(duration, _time, _ending.Token);
        lock (_lock)
        {
            _batch.End();
            return !_batch.IsEmpty;
        }
    }
}
