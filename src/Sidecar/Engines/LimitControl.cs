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
    private const long PageTicks = TimeSpan.TicksPerSecond / 5, SearchTicks = 5 * TimeSpan.TicksPerSecond;

    /// <summary>Where no page could be read and believed for so long, the answers tell.</summary>
    private const long PageTrustTicks = 2 * TimeSpan.TicksPerSecond;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly LimitLaw _law = new(bounds);
    private readonly EnginePages _pages = new(client, root, log, time);
    private readonly PageSensor _page = new();
    private readonly Counter[] _changes = [.. Enum.GetValues<LimitReason>().Select(_ => new Counter())];
    private long _pageTicks = long.MinValue / 2;
    private Task<PageLook>? _asking;
    private long _nextPageTicks;
    private bool _hasPage;
    private bool _hasSize;
    private bool _wasOpen;
    private long _refused;

    /// <summary>How often the model server has come back.</summary>
    private int _returns;

    internal LimitReason Reason => _law.Reason;

    /// <summary>Changes by their reason, in the order of that enum.</summary>
    internal ReadOnlySpan<Counter> Changes => _changes;

    /// <summary>Looks until cancelled; throws nothing.</summary>
    public Task RunAsync(CancellationToken cancellation)
    {
        gate.SetLimit(_law.Limit);
        return PacedLooks.RunAsync(Period, time, LookAsync, cancellation);
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var before = (_law.Limit, _law.Reason);
        if (gate.IsOpen && !_wasOpen) Begin();
        _wasOpen = gate.IsOpen;
        _page.Note(gate.InFlight, clock.NowTicks);
        await LookAtPageAsync(cancellation);
        LookAtAnswers();
        LookAtRefusals();
        if (before != (_law.Limit, _law.Reason)) Tell(before.Limit);
    }

    /// <summary>A model server that was away may be another one now.</summary>
    private void Begin()
    {
        (_hasSize, _hasPage, _nextPageTicks) = (false, false, 0);
        _returns++;
        _law.Restart(clock.NowTicks);
    }

    /// <summary>Asks beside the looks, since a page may take its time.</summary>
    private async Task LookAtPageAsync(CancellationToken cancellation)
    {
        if (_asking is { IsCompleted: true } asked)
        {
            _asking = null;
            if (await asked is var look && look.Returns == _returns) Take(look);
        }
        if (_asking is null && _wasOpen && clock.NowTicks >= _nextPageTicks) _asking = AskAsync(_returns, cancellation);
    }

    private async Task<PageLook> AskAsync(int returns, CancellationToken cancellation)
    {
        var isSearching = !_hasPage;
        if (isSearching) _pages.Forget();
        var size = isSearching && !_hasSize ? await _pages.ReadSizeAsync(cancellation) : 0;
        var askedTicks = clock.NowTicks;
        return new PageLook(returns, size, await _pages.ReadAsync(cancellation), askedTicks);
    }

    private void Take(PageLook look)
    {
        if (look.Size > 0 && !_hasSize)
        {
            _hasSize = true;
            _law.OnSize(look.Size, clock.NowTicks);
        }
        _hasPage = look.Figures is not null;
        _nextPageTicks = look.AskedTicks + (_hasPage ? PageTicks : SearchTicks);
        if (look.Figures is not { } figures) return;
        if (!_page.TryDate(figures.Running, figures.Waiting, look.AskedTicks, out var seenTicks)) return;
        _pageTicks = look.AskedTicks;
        Observe(new EngineLoad(
            figures.Running, figures.Waiting, seenTicks, figures.CacheUsage, figures.Preemptions));
    }

    private void LookAtAnswers()
    {
        var hasLoad = engine.Answers.TryRead(gate.InFlight, clock.NowTicks, out var load);
        if (clock.NowTicks - _pageTicks <= PageTrustTicks) return;
        if (hasLoad) Observe(load);
        else if (!_hasSize) _law.OnBlind(LookAtGate(), engine.Answers.IsBlind, clock.NowTicks);
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

    private void Observe(in EngineLoad load) => _law.Observe(load, LookAtGate(), clock.NowTicks);

    private GateLook LookAtGate() => engine.Answers.Look(gate.InFlight, gate.Queued);

    private void Tell(int before)
    {
        _changes[(int)_law.Reason].Add();
        gate.SetLimit(_law.Limit);
        log.Write(LogLevel.Debug, "limit",
            ("from", before.ToString(CultureInfo.InvariantCulture)),
            ("to", _law.Limit.ToString(CultureInfo.InvariantCulture)),
            ("reason", LimitReasons.LabelOf(_law.Reason)));
    }
}
