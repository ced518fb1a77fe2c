using System.Globalization;
using Sidecar.Admission;
using Sidecar.Engines.Limits;
using Sidecar.Primitives;
using Sidecar.Telemetry;

namespace Sidecar.Engines;

/// <summary>
/// Keeps the gate's limit where <see cref="LimitLaw"/> finds it: ten looks a second by what is in flight and what the
/// answers tell, and by the model server's own page where it has one. A loop of its own on the thread pool.
/// </summary>
/// <param name="gate">Whose limit is set.</param>
/// <param name="engine">What is known of the model server.</param>
/// <param name="client">Used by this alone.</param>
/// <param name="root">The model server's URL, whose path is replaced.</param>
/// <param name="bounds">Of the limit.</param>
/// <param name="clock">Of the gate.</param>
/// <param name="log">Is told of each change, at level debug.</param>
/// <param name="time">Paces the looks.</param>
public sealed class LimitControl(
    Gate gate, EngineMonitor engine, EngineClient client, Uri root, LimitBounds bounds, MonotonicClock clock, Log log,
    TimeProvider time)
{
    private const int LooksPerPage = 2, LooksPerSearch = 50;

    /// <summary>Where no page could be read and believed for so long, the answers tell.</summary>
    private const long PageTrustTicks = 2 * TimeSpan.TicksPerSecond;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly LimitLaw _law = new(bounds);
    private readonly EnginePages _pages = new(client, root, log, time);
    private readonly PageSensor _page = new();
    private readonly Counter[] _changes = [.. Enum.GetValues<LimitReason>().Select(_ => new Counter())];
    private long _pageTicks = long.MinValue / 2;
    private bool _hasPage;
    private bool _hasSize;
    private bool _wasOpen;
    private long _refused;

    internal LimitReason Reason => _law.Reason;

    /// <summary>Changes by their reason, in the order of that enum.</summary>
    internal ReadOnlySpan<Counter> Changes => _changes;

    /// <summary>Looks until cancelled; throws nothing.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Period, time);
        gate.SetLimit(_law.Limit);
        for (var look = 0L; await NextAsync(timer, cancellation); look++)
        {
            var before = (_law.Limit, _law.Reason);
            if (gate.IsOpen && !_wasOpen) await BeginAsync(cancellation);
            _wasOpen = gate.IsOpen;
            _page.Note(gate.InFlight, clock.NowTicks);
            if (_wasOpen && look % (_hasPage ? LooksPerPage : LooksPerSearch) == 0) await LookAtPageAsync(cancellation);
            LookAtAnswers();
            LookAtRefusals();
            if (before != (_law.Limit, _law.Reason)) Tell(before.Limit);
        }
    }

    /// <summary>A model server that was away may be another one now.</summary>
    private async Task BeginAsync(CancellationToken cancellation)
    {
        _pages.Forget();
        (_hasPage, _hasSize) = (false, false);
        _law.Restart(clock.NowTicks);
        await LookAtSizeAsync(cancellation);
    }

    private async Task LookAtSizeAsync(CancellationToken cancellation)
    {
        if (_hasSize || await _pages.ReadSizeAsync(cancellation) is not (> 0 and var size)) return;
        _hasSize = true;
        _law.OnSize(size, clock.NowTicks);
    }

    private async Task LookAtPageAsync(CancellationToken cancellation)
    {
        if (!_hasPage) await LookAtSizeAsync(cancellation);
        var askedTicks = clock.NowTicks;
        var read = await _pages.ReadAsync(cancellation);
        _hasPage = read is not null;
        if (read is not { } figures) return;
        if (!_page.TryDate(figures.Running, figures.Waiting, askedTicks, out var seenTicks)) return;
        _pageTicks = askedTicks;
        Observe(new EngineLoad(
            figures.Running, figures.Waiting, seenTicks, figures.CacheUsage, figures.Preemptions));
    }

    private void LookAtAnswers()
    {
        var hasLoad = engine.Answers.TryRead(gate.InFlight, clock.NowTicks, out var load);
        if (clock.NowTicks - _pageTicks <= PageTrustTicks) return;
        if (hasLoad) Observe(load);
        else if (!_hasSize && engine.Answers.IsBlind) _law.OnBlind(clock.NowTicks);
    }

    /// <summary>What was refused is back in the queue by now, so what is in flight is what fits.</summary>
    private void LookAtRefusals()
    {
        var refused = engine.Refusals.Returned.Value;
        // A limit that nothing tells is the gate's to cap.
        if (refused > _refused && gate.IsCapped && _law.Reason != LimitReason.Blind)
            _law.OnRefused(gate.InFlight + 1, clock.NowTicks);
        _refused = refused;
    }

    private void Observe(in EngineLoad load) => _law.Observe(
        load, engine.Answers.Look(gate.InFlight, gate.Queued), clock.NowTicks);

    private void Tell(int before)
    {
        _changes[(int)_law.Reason].Add();
        gate.SetLimit(_law.Limit);
        log.Write(LogLevel.Debug, "limit",
            ("from", before.ToString(CultureInfo.InvariantCulture)),
            ("to", _law.Limit.ToString(CultureInfo.InvariantCulture)),
            ("reason", LimitReasons.LabelOf(_law.Reason)));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
