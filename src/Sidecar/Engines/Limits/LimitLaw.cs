namespace Sidecar.Engines.Limits;

/// <summary>
/// Finds the limit at which a model server is full and has hardly a queue of its own. Pure: no clock, no I/O; the same
/// observations give the same limits. One thread. Bounds: <see cref="LimitBounds"/>, and never below 1.
/// </summary>
/// <remarks>
/// <para>
/// Grows only while it binds: requests wait here, and all permits are out. At first by half, as TCP's slow start does
/// (RFC 5681 section 3.1), until requests wait in the model server, on the average of a few looks, since a look shows
/// some that have just come; then the limit is what the model server works on, the knee, and frozen until no more than
/// that are there. One cut for one fault: what was so before the cut counts no more.
/// </para>
/// <para>
/// From the knee on one more is tried now and then, at first after a second, after each try that did not fit twice as
/// late, up to half a minute; where it fits, the next follows at once. So capacity that comes back is found, and the
/// model server's own queue is empty but for the tries.
/// </para>
/// <para>
/// A cache of keys and values fills while answers grow, long after their requests were taken in: the fuller it is, the
/// slower the growth, and above <see cref="CacheFull"/>, or where a request was preempted, the limit is cut.
/// </para>
/// </remarks>
internal sealed class LimitLaw
{
    private const int StartLimit = 2, BlindLimit = 64;

    /// <summary>From here on the search grows by a quarter: what it overshoots takes a whole answer to end.</summary>
    private const int SearchCareful = 32;

    /// <summary>Shares of the limit: growth before the first knee and after, and the cut for a full cache.</summary>
    private const double SearchGrowth = 0.5, CarefulGrowth = 0.25, ProbeGrowth = 0.02, CacheCut = 0.06;
    private const double CacheWarm = 0.75, CacheHot = 0.88, CacheFull = 0.96;

    /// <summary>A block of looks is judged by its average; before the first knee a pair will do.</summary>
    private const int BlockLooks = 5, SearchLooks = 2;

    /// <summary>
    /// So many waiting, or so much of the limit, or who waits for the next step only, as a first byte does, are
    /// passers-by.
    /// </summary>
    private const double WaitingMin = 0.5, WaitingShare = 1 / 64d, PassingSecondsMin = 0.06, PassingSecondsMax = 0.5;

    /// <summary>Of the moving average of the requests that end in a second.</summary>
    private const double RateSeconds = 2;
    private const long BlindPauseTicks = TimeSpan.TicksPerSecond;
    private const long ProbePauseTicksMin = TimeSpan.TicksPerSecond, ProbePauseTicksMax = 30 * TimeSpan.TicksPerSecond;

    private readonly LimitBounds _bounds;
    private bool _isSearching = true;
    private bool _isProbing;
    private bool _isFrozen;
    private long _changedTicks = long.MinValue / 2;
    private long _nextProbeTicks;
    private long _probePauseTicks = ProbePauseTicksMin;
    private int _knee;
    private int _size = int.MaxValue;
    private int _looks;
    private long _waitingSum;
    private int _mostRunning;
    private long _preemptions = -1;
    private long _ended = -1;
    private long _endedTicks;
    private double _endedPerSecond;

    internal LimitLaw(LimitBounds bounds)
    {
        _bounds = bounds;
        Limit = Clamp(StartLimit);
    }

    internal int Limit { get; private set; }

    internal LimitReason Reason { get; private set; } = LimitReason.Start;

    /// <summary>The model server has told how many requests it works on at once: a start, and a bound.</summary>
    internal void OnSize(int size, long nowTicks)
    {
        Restart(nowTicks);
        (_isSearching, _size) = (false, size);
        Set(size, LimitReason.Size, nowTicks);
        _knee = Limit;
    }

    /// <summary>The model server was not there: whatever was learnt may be wrong.</summary>
    internal void Restart(long nowTicks)
    {
        (_isSearching, _isProbing, _isFrozen, _size) = (true, false, false, int.MaxValue);
        (_probePauseTicks, _preemptions, _knee) = (ProbePauseTicksMin, -1, 0);
        _nextProbeTicks = nowTicks + ProbePauseTicksMin;
        Set(StartLimit, LimitReason.Restart, nowTicks);
    }

    /// <summary>
    /// Nothing tells what is inside the model server: better too many there than too few. Where nothing tells yet, the
    /// limit grows by half each second while it binds; where nothing ever will, it is a usual one at once.
    /// </summary>
    /// <param name="gate">What is known here.</param>
    /// <param name="isForGood">Answers come whole.</param>
    /// <param name="nowTicks">Monotonic.</param>
    internal void OnBlind(in GateLook gate, bool isForGood, long nowTicks)
    {
        if (Limit >= Clamp(BlindLimit)) return;
        if (isForGood)
        {
            Restart(nowTicks);
            Set(BlindLimit, LimitReason.Blind, nowTicks);
        }
        else if (gate.Queued > 0 && gate.InFlight >= Limit && nowTicks - _changedTicks >= BlindPauseTicks)
        {
            Set(Math.Min(Limit + Part(SearchGrowth), BlindLimit), LimitReason.Blind, nowTicks);
        }
    }

    /// <summary>The model server refused a request because its own queue is full.</summary>
    internal void OnRefused(int inFlight, long nowTicks)
    {
        if (!_isFrozen) Cut(Math.Min(Limit, inFlight) - 1, LimitReason.Refused, nowTicks);
    }

    /// <summary>One look at the model server; some ten a second.</summary>
    /// <param name="load">What is there.</param>
    /// <param name="gate">What is known here.</param>
    /// <param name="nowTicks">Monotonic, ticks of 100 ns.</param>
    internal void Observe(in EngineLoad load, in GateLook gate, long nowTicks)
    {
        NoteEnded(gate.Ended, nowTicks);
        if (_isFrozen && gate.InFlight <= Limit) (_isFrozen, _changedTicks) = (false, nowTicks);
        // What was seen before the last change tells nothing of it.
        if (_isFrozen || load.SeenTicks < _changedTicks) return;
        if (HasPreempted(load) || load.CacheUsage > CacheFull)
        {
            Cut((int)(Math.Min(Limit, gate.InFlight) * (1 - CacheCut)), LimitReason.Cache, nowTicks);
            return;
        }
        _looks++;
        _waitingSum += load.Waiting;
        _mostRunning = Math.Max(_mostRunning, load.Running);
        if (_looks < (_isSearching && _waitingSum == 0 ? SearchLooks : BlockLooks)) return;
        var waiting = (double)_waitingSum / _looks;
        var running = _mostRunning;
        Forget();
        // Little's law: so many wait if each waits so long.
        var passingSeconds = Math.Clamp(
            2d * gate.FirstByteTicks / TimeSpan.TicksPerSecond, PassingSecondsMin, PassingSecondsMax);
        var passing = Math.Max(Limit * WaitingShare, _endedPerSecond * passingSeconds);
        if (waiting >= Math.Max(WaitingMin, passing))
        {
            var fits = running + (int)passing;
            if (fits < Limit) Cut(fits, LimitReason.Waiting, nowTicks);
        }
        else if (gate.Queued > 0 && gate.InFlight >= Limit)
        {
            Grow(load.CacheUsage, nowTicks);
        }
    }

    private void NoteEnded(long ended, long nowTicks)
    {
        var seconds = (nowTicks - _endedTicks) / (double)TimeSpan.TicksPerSecond;
        if (_ended >= 0 && seconds > 0)
        {
            var weight = 1 - Math.Exp(-seconds / RateSeconds);
            _endedPerSecond += ((ended - _ended) / seconds - _endedPerSecond) * weight;
        }
        (_ended, _endedTicks) = (ended, nowTicks);
    }

    private bool HasPreempted(in EngineLoad load)
    {
        var isMore = _preemptions >= 0 && load.Preemptions > _preemptions;
        _preemptions = load.Preemptions;
        return isMore;
    }

    private void Grow(double cacheUsage, long nowTicks)
    {
        if (cacheUsage > CacheHot || Limit == Clamp(Limit + 1)) return;
        if (_isSearching || cacheUsage < CacheWarm)
        {
            var most = Limit < SearchCareful ? SearchGrowth : CarefulGrowth;
            // Half of what the free part of the cache would take: the answers that are there grow yet.
            var share = double.IsNaN(cacheUsage) ? most : Math.Min(most, (CacheWarm / cacheUsage - 1) / 2);
            Set(Limit + Part(share), LimitReason.Room, nowTicks);
            return;
        }
        // The last one fitted: there is room again.
        if (_isProbing) (_probePauseTicks, _knee) = (ProbePauseTicksMin, Limit);
        else if (nowTicks < _nextProbeTicks) return;
        (_isProbing, _isSearching) = (true, false);
        Set(Limit + Part(ProbeGrowth), LimitReason.Probe, nowTicks);
    }

    private void Cut(int limit, LimitReason reason, long nowTicks)
    {
        if (_isProbing && limit <= _knee) _probePauseTicks = Math.Min(2 * _probePauseTicks, ProbePauseTicksMax);
        (_isSearching, _isProbing, _isFrozen) = (false, false, true);
        _nextProbeTicks = nowTicks + _probePauseTicks;
        Set(limit, reason, nowTicks);
        _knee = Limit;
    }

    private int Part(double share) => Math.Max(1, (int)(Limit * share));

    private void Set(int limit, LimitReason reason, long nowTicks)
    {
        Forget();
        Limit = Clamp(limit);
        (Reason, _changedTicks) = (reason, nowTicks);
    }

    private void Forget() => (_looks, _waitingSum, _mostRunning) = (0, 0, 0);

    private int Clamp(int limit) => Math.Clamp(
        Math.Min(limit, _size), Math.Max(1, _bounds.Min), Math.Max(1, _bounds.Max));
}
