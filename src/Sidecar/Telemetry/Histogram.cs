namespace Sidecar.Telemetry;

/// <summary>
/// Counts observations by fixed bounds, and their sum. Safe from any thread, without a lock and without allocation; a
/// snapshot taken while others observe may lag in some buckets, and never counts one twice.
/// </summary>
internal sealed class Histogram
{
    private readonly double[] _upperBounds;
    private readonly long[] _counts;
    private long _sumBits;

    /// <param name="upperBounds">Ascending, each inclusive; one more bucket takes what is above the last.</param>
    public Histogram(params ReadOnlySpan<double> upperBounds)
    {
        _upperBounds = upperBounds.ToArray();
        _counts = new long[upperBounds.Length + 1];
    }

    public ReadOnlySpan<double> UpperBounds => _upperBounds;

    public double Sum => BitConverter.Int64BitsToDouble(Volatile.Read(ref _sumBits));

    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < _upperBounds.Length && value > _upperBounds[bucket]) bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        if (value == 0) return;
        long seen, sum;
        do
        {
            seen = Volatile.Read(ref _sumBits);
            sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value);
        }
        while (Interlocked.CompareExchange(ref _sumBits, sum, seen) != seen);
    }

    /// <summary>The observations of each bucket alone, not cumulated.</summary>
    /// <param name="counts">One longer than the bounds.</param>
    public void CopyCountsTo(Span<long> counts)
    {
        for (var i = 0; i < _counts.Length; i++) counts[i] = Volatile.Read(ref _counts[i]);
    }
}
