using System.Net;
using Sidecar.IntegrationTests;

[assembly: AssemblyFixture(typeof(EngineFixture))]

namespace Sidecar.IntegrationTests;

/// <summary>One real engine with the sidecar in front of it, shared by the engine tests and started by the first.
/// </summary>
public sealed class EngineFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private EngineServer? _engine;
    private SidecarProcess? _sidecar;
    private string? _missing;

    /// <summary>The folder with <c>Sidecar.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Skips the calling test, with the reason, where the machine has no engine; a missing binary is a
    /// failure, since <c>scripts/test</c> publishes it.</summary>
    internal async Task<(EngineServer Engine, SidecarProcess Sidecar)> RequireAsync(CancellationToken stop)
    {
        await _once.WaitAsync(stop);
        try
        {
            if (_engine is null && _missing is null) await StartAsync();
        }
        finally
        {
            _once.Release();
        }
        if (_missing is not null) Assert.Skip($"NOT RUN: {_missing}");
        return (_engine!, _sidecar!);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null) await _sidecar.DisposeAsync();
        if (_engine is not null) await _engine.DisposeAsync();
        _once.Dispose();
    }

    private async Task StartAsync()
    {
        var (engine, reason) = await EngineServer.TryStartAsync();
        if (engine is null)
        {
            _missing = reason;
            return;
        }
        try
        {
            _sidecar = await SidecarProcess.StartAsync(
                new IPEndPoint(IPAddress.Loopback, engine.Port), ("SIDECAR_CONCURRENCY", $"{EngineServer.Slots}"));
            _engine = engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Sidecar.sln"))) return at.FullName;
        }
        throw new InvalidOperationException("no Sidecar.sln above the tests");
    }
}
