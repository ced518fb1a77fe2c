using Sidecar.Scheduling;
using Sidecar.Scheduling.Orders;
using Sidecar.Workloads;

namespace Sidecar.Tests.Scheduling.Orders;

/// <summary>The second policy, against the plainest oracle that there is.</summary>
public class FcfsOrderTests
{
    private const int OperationsMax = 50_000;

    [Fact]
    public void Requests_GoByTheirArrival_WhateverTheyClaim_AlsoThoseThatComeBack()
    {
        var random = new Random(7);
        var scheduler = new FlowScheduler<FcfsOrder>(default, 0);
        var workloads = Enumerable.Range(0, 20).Select(Make).ToArray();
        var arrivals = new SortedDictionary<long, TestRequest>();
        var dispatched = new List<TestRequest>();
        long now = 0;
        for (var i = 0; i < OperationsMax; i++)
        {
            now += random.Next(10) * TimeSpan.TicksPerSecond / 5;
            switch (random.Next(5))
            {
                case 0 or 1:
                    var request = new TestRequest();
                    var claim = new RequestClaim(random.Next(1, 6), random.Next(1000));
                    scheduler.Arrive(request, workloads[random.Next(workloads.Length)], claim, now);
                    scheduler.Enqueue(request, now);
                    arrivals.Add(request.Sequence, request);
                    break;
                case 2 when dispatched.Count > 0:
                    var returned = dispatched[random.Next(dispatched.Count)];
                    dispatched.Remove(returned);
                    scheduler.Enqueue(returned, now);
                    arrivals.Add(returned.Sequence, returned);
                    break;
                case 3 when arrivals.Count > 0:
                    var gone = arrivals.ElementAt(random.Next(arrivals.Count)).Value;
                    scheduler.Remove(gone, now);
                    arrivals.Remove(gone.Sequence);
                    break;
                default:
                    var taken = scheduler.Dispatch(now);
                    Assert.Same(arrivals.Values.FirstOrDefault(), taken);
                    if (taken is null) break;
                    arrivals.Remove(taken.Sequence);
                    dispatched.Add((TestRequest)taken);
                    break;
            }
            if (dispatched.Count > 50) dispatched.RemoveAt(0);
        }
        Assert.Equal(arrivals.Count, scheduler.Queued);
    }

    private static Workload Make(int number) =>
        new(System.Text.Encoding.UTF8.GetBytes($"w{number}"), (ulong)number * 7_777_777, new WorkloadOptions(), true);
}
