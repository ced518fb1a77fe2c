using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sidecar.Workloads;

/// <summary>
/// All workloads that are known, by id. Safe from any thread: ids are spread over stripes by a hash with a random
/// key, each with a lock that is held for some tens of nanoseconds; a known id costs no allocation. Bounded by
/// <see cref="WorkloadOptions.Limit"/>: at the limit the workload that is idle the longest is forgotten, and where
/// none is idle, new ones share <see cref="Other"/>. Nothing queued or running is ever forgotten.
/// </summary>
/// <remarks>
/// <c>other</c> on the metrics page stands for the workloads that are not listed and those that share it.
/// <see cref="OtherTotalCount"/> counts their arrivals one by one and so never decreases, while a listed workload
/// that is forgotten takes its count with it. A client's own id <c>other</c> is the shared one.
/// With several threads at the limit the one forgotten may be only nearly the longest idle.
/// </remarks>
public sealed class WorkloadRegistry
{
    /// <summary>Most workloads that a sweep forgets before it lets others at the stripe.</summary>
    private const int SweepBatch = 64;

    private readonly WorkloadOptions _options;
    private readonly SipHash _hash;
    private readonly WorkloadStripe[] _stripes;
    private int _count;
    private int _listedCount;
    private long _idBytes;
    private long _otherTotal;
    private int _otherActive;

    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its bounds.</exception>
    public WorkloadRegistry(WorkloadOptions options)
    {
        options.Validate();
        _options = options;
        Span<ulong> key = stackalloc ulong[2];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(key));
        _hash = new SipHash(key[0], key[1]);
        _stripes = new WorkloadStripe[options.Stripes];
        for (var i = 0; i < _stripes.Length; i++) _stripes[i] = new WorkloadStripe();
        Other = new Workload(OtherId, HashOf(OtherId), options, isListed: false, isShared: true);
    }

    public static ReadOnlySpan<byte> OtherId => "other"u8;

    /// <summary>The workload that new ones share while the registry is full of active ones.</summary>
    internal Workload Other { get; }

    /// <summary>Workloads tracked; <see cref="Other"/> is not one of them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Arrivals of all unlisted workloads ever, those forgotten included; never decreases.</summary>
    public long OtherTotalCount => Volatile.Read(ref _otherTotal);

    /// <summary>Requests of unlisted workloads that are queued or running.</summary>
    public int OtherActiveCount => Volatile.Read(ref _otherActive);

    /// <summary>Memory of the workloads tracked, estimated from their number and the length of their ids.</summary>
    public long Bytes => (long)Count * Workload.BytesFixed + 3 * Volatile.Read(ref _idBytes);

    internal ulong HashOf(ReadOnlySpan<byte> id) => _hash.Compute(id);

    /// <summary>
    /// An arrival: its workload, with one request more. Each call is matched by one <see cref="Leave"/>.
    /// </summary>
    /// <param name="id">1 to 128 bytes of valid UTF-8, as the context reader gives it.</param>
    /// <param name="nowTicks">Monotonic time in ticks of 100 ns.</param>
    /// <exception cref="ArgumentException">The id is empty or too long.</exception>
    internal Workload Enter(ReadOnlySpan<byte> id, long nowTicks)
    {
        if (id.IsEmpty || id.Length > WorkloadContext.IdLengthMax)
            throw new ArgumentException("A workload id has 1 to 128 bytes.", nameof(id));
        if (id.SequenceEqual(OtherId)) return Counted(Other);
        var hash = _hash.Compute(id);
        var stripe = StripeOf(hash);
        lock (stripe.Lock)
        {
            if (stripe.Find(hash, id) is { } known) return Use(stripe, known);
        }
        return EnterNew(stripe, hash, id, nowTicks);
    }

    /// <summary>The end of a request that <see cref="Enter"/> counted, however it ended.</summary>
    internal void Leave(Workload workload, long nowTicks)
    {
        if (!workload.IsListed) Interlocked.Decrement(ref _otherActive);
        if (workload.IsShared)
        {
            Interlocked.Decrement(ref workload.ActiveRequests);
            return;
        }
        var stripe = StripeOf(workload.Hash);
        lock (stripe.Lock)
        {
            if (--workload.ActiveRequests > 0) return;
            workload.LastUsedTicks = nowTicks;
            stripe.AppendIdle(workload);
        }
    }

    /// <summary>Forgets what has been idle for <see cref="WorkloadOptions.IdleTicks"/>.</summary>
    public void Sweep(long nowTicks)
    {
        foreach (var stripe in _stripes)
        {
            while (SweepSome(stripe, nowTicks - _options.IdleTicks)) { }
        }
    }

    /// <summary>
    /// Adds all workloads tracked, without <see cref="Other"/>, stripe by stripe: what comes and goes meanwhile may
    /// be in it or not.
    /// </summary>
    internal void CopyTo(List<Workload> destination)
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe.Lock) stripe.CopyTo(destination);
        }
    }

    private WorkloadStripe StripeOf(ulong hash) => _stripes[(int)hash & (_stripes.Length - 1)];

    // The active count changes only under the stripe's lock, so that what is active cannot be forgotten meanwhile.
    private Workload Use(WorkloadStripe stripe, Workload workload)
    {
        stripe.UnlinkIdle(workload);
        return Counted(workload);
    }

    private Workload Counted(Workload workload)
    {
        Interlocked.Increment(ref workload.ActiveRequests);
        Interlocked.Increment(ref workload.TotalRequests);
        if (workload.IsListed) return workload;
        Interlocked.Increment(ref _otherActive);
        Interlocked.Increment(ref _otherTotal);
        return workload;
    }

    // No two stripes are locked at once: a place is won first, and the stripe searched again after that.
    private Workload EnterNew(WorkloadStripe stripe, ulong hash, ReadOnlySpan<byte> id, long nowTicks)
    {
        if (!TryTakePlace(ref _count, _options.Limit) && !TryForgetLongestIdle()) return Counted(Other);
        var isListed = TryTakePlace(ref _listedCount, _options.ListedLimit);
        var created = new Workload(id, hash, _options, isListed) { LastUsedTicks = nowTicks };
        lock (stripe.Lock)
        {
            if (stripe.Find(hash, id) is not { } known)
            {
                stripe.Insert(created);
                Interlocked.Add(ref _idBytes, id.Length);
                return Counted(created);
            }
            Interlocked.Decrement(ref _count);
            if (isListed) Interlocked.Decrement(ref _listedCount);
            return Use(stripe, known);
        }
    }

    private static bool TryTakePlace(ref int count, int limit)
    {
        while (true)
        {
            var seen = Volatile.Read(ref count);
            if (seen >= limit) return false;
            if (Interlocked.CompareExchange(ref count, seen + 1, seen) == seen) return true;
        }
    }

    /// <summary>True where one was forgotten; its place in the count is then the caller's.</summary>
    private bool TryForgetLongestIdle()
    {
        // Another thread may be quicker, but each such race means that one was forgotten: few tries are enough.
        for (var tries = 0; tries < 4; tries++)
        {
            WorkloadStripe? chosen = null;
            foreach (var stripe in _stripes)
            {
                if (stripe.OldestIdleTicks < (chosen?.OldestIdleTicks ?? long.MaxValue)) chosen = stripe;
            }
            if (chosen is null) return false;
            lock (chosen.Lock)
            {
                if (chosen.LongestIdle is not { } idle) continue;
                Forget(chosen, idle);
                return true;
            }
        }
        return false;
    }

    private bool SweepSome(WorkloadStripe stripe, long idleSinceTicks)
    {
        lock (stripe.Lock)
        {
            for (var i = 0; i < SweepBatch; i++)
            {
                if (stripe.LongestIdle is not { } idle || idle.LastUsedTicks > idleSinceTicks) return false;
                Forget(stripe, idle);
                Interlocked.Decrement(ref _count);
            }
            return true;
        }
    }

    private void Forget(WorkloadStripe stripe, Workload workload)
    {
        stripe.UnlinkIdle(workload);
        stripe.Remove(workload);
        if (workload.IsListed) Interlocked.Decrement(ref _listedCount);
        Interlocked.Add(ref _idBytes, -workload.IdUtf8.Length);
    }
}
