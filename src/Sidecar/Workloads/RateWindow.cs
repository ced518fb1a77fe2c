namespace Sidecar.Workloads;

/// <summary>
/// Arrivals in a sliding window, counted in 60 buckets of a 60th of it. An arrival counts as long as its bucket is
/// one of the newest 60: never longer than the window, and at most one bucket shorter. Written by one thread at a
/// time (under the admission lock); <see cref="CountAt"/> may be read beside it and is then off by what changes in
/// that instant. Times do not run backwards.
/// </summary>
/// <param name="bucketTicks">A 60th of the window, in ticks of 100 ns.</param>
/// <param name="phaseTicks">
/// Shifts the bucket ends, 0 to <paramref name="bucketTicks"/>, so that not all workloads change in one instant.
/// </param>
internal struct RateWindow(long bucketTicks, long phaseTicks)
{
    public const int BucketCount = 60;

    private readonly long _bucketTicks = bucketTicks;
    private readonly long _phaseTicks = phaseTicks;
    private long _newest;
    private long _oldest;
    private uint _count;
    private RateBuckets _buckets;

    /// <summary>Arrivals in the window as of the last <see cref="Advance"/> or <see cref="Add"/>.</summary>
    public readonly uint Count => _count;

    /// <summary>When <see cref="Count"/> next falls by time alone; never while it is 0.</summary>
    public readonly long NextChangeTicks =>
        _count == 0 ? long.MaxValue : (_oldest + BucketCount) * _bucketTicks - _phaseTicks;

    public void Add(long nowTicks)
    {
        Advance(nowTicks);
        if (_count == 0) _oldest = _newest;
        _buckets[(int)(_newest % BucketCount)]++;
        _count++;
    }

    /// <summary>Lets go of the buckets that have left the window, however many.</summary>
    public void Advance(long nowTicks)
    {
        var index = (nowTicks + _phaseTicks) / _bucketTicks;
        if (index <= _newest) return;
        if (_count == 0 || index - _newest >= BucketCount)
        {
            // With none counted every bucket is empty already.
            if (_count != 0) _buckets = default;
            _count = 0;
            _newest = index;
            return;
        }
        for (var i = _newest + 1; i <= index; i++)
        {
            ref var bucket = ref _buckets[(int)(i % BucketCount)];
            _count -= bucket;
            bucket = 0;
        }
        _newest = index;
        if (_count == 0) return;
        _oldest = Math.Max(_oldest, index - BucketCount + 1);
        while (_buckets[(int)(_oldest % BucketCount)] == 0) _oldest++;
    }

    /// <summary>What <see cref="Count"/> would be at that time, changing nothing.</summary>
    public readonly long CountAt(long nowTicks)
    {
        var index = (nowTicks + _phaseTicks) / _bucketTicks;
        var newest = Volatile.Read(in _newest);
        long count = 0;
        for (var i = Math.Max(0, Math.Max(index, newest) - BucketCount + 1); i <= newest; i++)
            count += _buckets[(int)(i % BucketCount)];
        return count;
    }
}
