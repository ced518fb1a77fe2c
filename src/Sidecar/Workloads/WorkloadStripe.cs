namespace Sidecar.Workloads;

/// <summary>
/// One stripe of the registry: a lock, a table by id with open addressing, and its idle workloads, longest idle
/// first. Everything but <see cref="OldestIdleTicks"/> is called with <see cref="Lock"/> held. It grows with what
/// the registry's limit lets in.
/// </summary>
internal sealed class WorkloadStripe
{
    private const int InitialSlots = 16;

    public readonly Lock Lock = new();
    private Workload?[] _slots = new Workload?[InitialSlots];
    private Workload? _idleFirst;
    private Workload? _idleLast;
    private long _oldestIdleTicks = long.MaxValue;

    public int Count { get; private set; }

    /// <summary>Since when the longest idle one is idle, or the largest long; also readable without the lock.</summary>
    public long OldestIdleTicks => Volatile.Read(ref _oldestIdleTicks);

    public Workload? LongestIdle => _idleFirst;

    public Workload? Find(ulong hash, ReadOnlySpan<byte> id)
    {
        var mask = _slots.Length - 1;
        for (var slot = Home(hash, mask); ; slot = (slot + 1) & mask)
        {
            var found = _slots[slot];
            if (found is null) return null;
            if (found.Hash == hash && found.IdUtf8.SequenceEqual(id)) return found;
        }
    }

    public void Insert(Workload workload)
    {
        // At most three quarters full, so that a search ends soon.
        if ((Count + 1) * 4 > _slots.Length * 3) Grow();
        Place(_slots, workload);
        Count++;
    }

    public void Remove(Workload workload)
    {
        var mask = _slots.Length - 1;
        var hole = Home(workload.Hash, mask);
        while (!ReferenceEquals(_slots[hole], workload)) hole = (hole + 1) & mask;
        // Later ones of the same run move up where the hole lies between their home and themselves: no tombstones.
        for (var next = (hole + 1) & mask; _slots[next] is { } moved; next = (next + 1) & mask)
        {
            var home = Home(moved.Hash, mask);
            if (((next - home) & mask) < ((next - hole) & mask)) continue;
            _slots[hole] = moved;
            hole = next;
        }
        _slots[hole] = null;
        Count--;
    }

    public void AppendIdle(Workload workload)
    {
        workload.IsLinkedIdle = true;
        workload.IdleBefore = _idleLast;
        if (_idleLast is null) _idleFirst = workload;
        else _idleLast.IdleAfter = workload;
        _idleLast = workload;
        PublishOldest();
    }

    public void UnlinkIdle(Workload workload)
    {
        if (!workload.IsLinkedIdle) return;
        if (workload.IdleBefore is null) _idleFirst = workload.IdleAfter;
        else workload.IdleBefore.IdleAfter = workload.IdleAfter;
        if (workload.IdleAfter is null) _idleLast = workload.IdleBefore;
        else workload.IdleAfter.IdleBefore = workload.IdleBefore;
        workload.IdleBefore = workload.IdleAfter = null;
        workload.IsLinkedIdle = false;
        PublishOldest();
    }

    public void CopyTo(List<Workload> destination)
    {
        foreach (var workload in _slots)
        {
            if (workload is not null) destination.Add(workload);
        }
    }

    private void PublishOldest() =>
        Volatile.Write(ref _oldestIdleTicks, _idleFirst?.LastUsedTicks ?? long.MaxValue);

    // The low bits chose the stripe.
    private static int Home(ulong hash, int mask) => (int)(hash >> 32) & mask;

    private static void Place(Workload?[] slots, Workload workload)
    {
        var mask = slots.Length - 1;
        var slot = Home(workload.Hash, mask);
        while (slots[slot] is not null) slot = (slot + 1) & mask;
        slots[slot] = workload;
    }

    private void Grow()
    {
        var grown = new Workload?[_slots.Length * 2];
        foreach (var workload in _slots)
        {
            if (workload is not null) Place(grown, workload);
        }
        _slots = grown;
    }
}
