using System.Text;
using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class WorkloadRegistryTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void SameId_IsTheSameWorkload()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions());
        var first = Enter(registry, "a", 1);
        Assert.Same(first, Enter(registry, "a", 2));
        Assert.NotSame(first, Enter(registry, "b", 3));
        Assert.Equal((2, 2L, 2), (first.ActiveCount, first.TotalCount, registry.Count));
        registry.Leave(first, 4);
        Assert.Equal((1, 2L), (first.ActiveCount, first.TotalCount));
        Assert.Equal("a", first.Id);
    }

    [Fact]
    public void IdOfWrongLength_IsTheCallersError()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions());
        Assert.Throws<ArgumentException>(() => registry.Enter([], 0));
        Assert.Throws<ArgumentException>(() => registry.Enter(new byte[129], 0));
        Assert.NotNull(registry.Enter(new byte[128], 0));
    }

    [Fact]
    public void Limit_ForgetsTheOneIdleTheLongest()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions { Limit = 3 });
        for (var i = 0; i < 3; i++) registry.Leave(Enter(registry, ((string[])["a", "b", "c"])[i], i), i);
        // Used again, "a" is the newest; "b" is the one to go.
        registry.Leave(Enter(registry, "a", 4), 4);
        registry.Leave(Enter(registry, "d", 5), 5);
        Assert.Equal(["a", "c", "d"], Ids(registry));
        Assert.Equal(3, registry.Count);
    }

    [Fact]
    public void Limit_WithAllActiveSharesOtherAndForgetsNone()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions { Limit = 2 });
        var a = Enter(registry, "a", 1);
        var b = Enter(registry, "b", 1);
        var c = Enter(registry, "c", 1);
        var d = Enter(registry, "d", 1);
        Assert.Same(registry.Other, c);
        Assert.Same(registry.Other, d);
        Assert.Equal((2, 2), (registry.Other.ActiveCount, registry.Count));
        registry.Leave(c, 2);
        registry.Leave(d, 2);
        registry.Leave(a, 3);
        Assert.Equal("e", Enter(registry, "e", 4).Id);
        Assert.Equal(["b", "e"], Ids(registry));
        Assert.Equal(1, b.ActiveCount);
        Assert.Equal((0, 2L), (registry.OtherActiveCount, registry.OtherTotalCount));
    }

    [Fact]
    public void ClientsOwnOther_IsTheSharedOne()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions());
        Assert.Same(registry.Other, Enter(registry, "other", 1));
        registry.Leave(registry.Other, 2);
        registry.Sweep(1_000_000 * Second);
        Assert.Equal(0, registry.Count);
        Assert.Equal(1, registry.OtherTotalCount);
    }

    [Fact]
    public void Sweep_ForgetsOnlyWhatIsIdleLongEnough()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions { IdleTicks = 300 * Second });
        registry.Leave(Enter(registry, "old", 0), 0);
        var active = Enter(registry, "active", 0);
        registry.Leave(Enter(registry, "young", 0), Second);
        registry.Sweep(300 * Second - 1);
        Assert.Equal(3, registry.Count);
        registry.Sweep(300 * Second);
        Assert.Equal(["active", "young"], Ids(registry));
        registry.Leave(active, 1_000 * Second);
        registry.Sweep(10_000 * Second);
        Assert.Equal(0, registry.Count);
        Assert.Equal(0, registry.Bytes);
    }

    [Fact]
    public void Sweep_OfManyLosesNone()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions());
        for (var i = 0; i < 5_000; i++)
        {
            var workload = Enter(registry, $"w{i}", 0);
            if (i % 2 == 0) registry.Leave(workload, 0);
        }
        registry.Sweep(1_000 * Second);
        Assert.Equal(2_500, registry.Count);
        for (var i = 1; i < 5_000; i += 2) Assert.Equal(2, Enter(registry, $"w{i}", 1_000 * Second).ActiveCount);
        Assert.Equal(2_500, registry.Count);
    }

    [Fact]
    public void OtherTotal_NeverDecreasesWhateverIsForgotten()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions { Limit = 20, ListedLimit = 5, IdleTicks = 10 });
        var random = new Random(7);
        var active = new List<Workload>();
        long before = 0, unlisted = 0;
        for (var now = 0; now < 50_000; now++)
        {
            if (active.Count > 0 && random.Next(2) == 0)
            {
                var at = random.Next(active.Count);
                registry.Leave(active[at], now);
                active.RemoveAt(at);
            }
            else
            {
                active.Add(Enter(registry, $"w{random.Next(40)}", now));
                if (!active[^1].IsListed) unlisted++;
            }
            if (random.Next(100) == 0) registry.Sweep(now);
            Assert.True(registry.OtherTotalCount >= before);
            before = registry.OtherTotalCount;
            Assert.Equal(active.Count(w => !w.IsListed), registry.OtherActiveCount);
            Assert.InRange(registry.Count, 0, 20);
        }
        Assert.Equal(unlisted, registry.OtherTotalCount);
        Assert.InRange(All(registry).Count(w => w.IsListed), 1, 5);
    }

    [Fact]
    public void Table_FindsEveryoneThroughRandomComingAndGoing()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions { Stripes = 1, IdleTicks = 40 });
        var random = new Random(11);
        var known = new Dictionary<string, Workload>();
        for (var now = 0; now < 100_000; now++)
        {
            var id = $"w{random.Next(300)}";
            var workload = Enter(registry, id, now);
            Assert.Equal(id, workload.Id);
            if (known.TryGetValue(id, out var same)) Assert.Same(same, workload);
            known[id] = workload;
            if (random.Next(3) > 0) registry.Leave(workload, now);
            foreach (var other in known.Values.Where(w => w.ActiveCount > 1).Take(1)) Drain(registry, other, now);
            if (random.Next(20) > 0) continue;
            registry.Sweep(now);
            var left = All(registry);
            Assert.Equal(left.Count, registry.Count);
            foreach (var gone in known.Values.Except(left).ToList())
            {
                Assert.Equal(0, gone.ActiveCount);
                known.Remove(gone.Id);
            }
        }
    }

    [Fact]
    public async Task ThousandTasks_LoseNoCount()
    {
        const int Tasks = 1_000, Operations = 10_000, Ids = 100;
        var registry = new WorkloadRegistry(new WorkloadOptions());
        var ids = Enumerable.Range(0, Ids).Select(i => Encoding.UTF8.GetBytes($"workload-{i}")).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() =>
        {
            for (var i = 0; i < Operations; i += 2)
            {
                var workload = registry.Enter(ids[(task * 31 + i) % Ids], i);
                registry.Leave(workload, i);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(Tasks * Operations / 2, All(registry).Sum(w => w.TotalCount));
        Assert.Equal(0, All(registry).Sum(w => w.ActiveCount));
        Assert.Equal(Ids, registry.Count);
    }

    [Fact]
    public async Task ChurnAtTheLimit_NeverForgetsTheActiveAndKeepsTheCount()
    {
        const int Threads = 4, Limit = 50;
        var registry = new WorkloadRegistry(new WorkloadOptions { Limit = Limit, ListedLimit = 10, IdleTicks = 1 });
        long entered = 0, time = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var held = new Queue<(string Id, Workload Workload)>();
            for (var i = 0; i < 60_000; i++)
            {
                var now = Interlocked.Increment(ref time);
                var id = $"w{random.Next(200)}";
                var workload = Enter(registry, id, now);
                Interlocked.Increment(ref entered);
                held.Enqueue((id, workload));
                if (held.Count > 15)
                {
                    var (heldId, mine) = held.Dequeue();
                    // Held, it is still the one that its id finds, or the shared one.
                    var again = Enter(registry, heldId, now);
                    if (!mine.IsShared) Assert.Same(mine, again);
                    registry.Leave(again, now);
                    registry.Leave(mine, now);
                }
                if (random.Next(500) == 0) registry.Sweep(now);
            }
            while (held.TryDequeue(out var rest)) registry.Leave(rest.Workload, time);
        }, TestContext.Current.CancellationToken)));
        Assert.InRange(registry.Count, 0, Limit);
        Assert.Equal(registry.Count, All(registry).Count);
        Assert.Equal(0, All(registry).Sum(w => w.ActiveCount) + registry.OtherActiveCount);
        registry.Sweep(long.MaxValue);
        Assert.Equal(0, registry.Count);
        Assert.Equal(0, registry.Bytes);
        Assert.Equal(Threads * 60_000, entered);
    }

    [Fact]
    public void ThousandActiveWorkloads_CostLessThanTenMegabytes()
    {
        var ids = Enumerable.Range(0, 2_000).Select(i => Encoding.UTF8.GetBytes($"{i}-".PadRight(64, 'x'))).ToArray();
        var registry = new WorkloadRegistry(new WorkloadOptions());
        for (var i = 1_000; i < 2_000; i++) registry.Enter(ids[i], 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) registry.Enter(ids[i], 0);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"1,000 workloads: {allocated:N0} bytes allocated");
        Assert.InRange(allocated, 1, 10_000_000);
        // What the registry says of itself is near the truth.
        Assert.InRange(registry.Bytes / 2, allocated / 2, allocated * 3 / 2);
    }

    [Fact]
    public void KnownId_AllocatesNothing()
    {
        var registry = new WorkloadRegistry(new WorkloadOptions());
        Assert.Equal(0, Allocations.PerWarmRoundBytes(() =>
        {
            for (var i = 0; i < 10_000; i++) registry.Leave(registry.Enter("fraud-detection"u8, i), i);
        }));
    }

    private static Workload Enter(WorkloadRegistry registry, string id, long now) =>
        registry.Enter(Encoding.UTF8.GetBytes(id), now);

    private static void Drain(WorkloadRegistry registry, Workload workload, long now)
    {
        while (workload.ActiveCount > 0) registry.Leave(workload, now);
    }

    private static List<Workload> All(WorkloadRegistry registry)
    {
        var all = new List<Workload>();
        registry.CopyTo(all);
        return all;
    }

    private static string[] Ids(WorkloadRegistry registry) => [.. All(registry).Select(w => w.Id).Order()];
}
