using Microsoft.Extensions.Time.Testing;
using Sidecar.Admission;
using Sidecar.Primitives;
using Sidecar.Workloads;

namespace Sidecar.Tests.Admission;

/// <summary>
/// The race between a dispatch and the end of the same request, in every order of its atomic steps: release with
/// dispatch, the note of the wake, the client's leaving, the timeout, the refusal and return, the reopening.
/// </summary>
public class PermitRaceTests
{
    [Theory]
    [InlineData(0, true, true, false)]
    [InlineData(1, true, false, false)]
    [InlineData(1, false, true, false)]
    [InlineData(1, true, true, false)]
    [InlineData(0, true, true, true)]
    public void EveryOrder_GivesEachPermitBackOnce(int refusals, bool leaves, bool expires, bool secondQueued)
    {
        var ends = new Dictionary<WaiterState, int>();
        var grants = 0;
        var orders = Interleavings.Explore(() =>
        {
            var time = new FakeTimeProvider();
            var history = new GateHistory();
            var gate = new Gate(
                new GateOptions(1, 10, TimeSpan.TicksPerSecond, 0, new()), new MonotonicClock(time), history);
            var workload = new Workload("w"u8, 1, new WorkloadOptions(), isListed: true);
            var holder = new TestWaiter("holder");
            gate.Enter(holder, workload, 3);
            var connection = new ModelConnection(gate, "first");
            gate.Enter(connection.Waiter, workload, 3);
            List<ModelConnection> connections = [connection];
            List<IEnumerable<Func<bool>>> actors =
                [Releases(gate, holder), connection.Notes(), connection.Owner(refusals)];
            if (leaves) actors.Add(connection.ClientLeaves());
            if (expires) actors.Add(Expires(gate, time));
            if (refusals > 0) actors.Add(Reopens(gate, connection));
            if (secondQueued)
            {
                var second = new ModelConnection(gate, "second");
                gate.Enter(second.Waiter, workload, 3);
                connections.Add(second);
                actors.Add(second.Owner(0));
            }
            return ([.. actors], () => Check(gate, history, connections, ends, ref grants));
        });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{orders:N0} orders, {grants:N0} grants of the queued; ends: {string.Join(", ", ends)}");
        Assert.True(orders > 100);
        Assert.True(grants > 0);
    }

    private static void Check(
        Gate gate, GateHistory history, List<ModelConnection> connections, Dictionary<WaiterState, int> ends,
        ref int grants)
    {
        Assert.Equal((0, 0), (gate.InFlight, gate.Queued));
        foreach (var connection in connections)
        {
            Assert.True(connection.HasEnded);
            var granted = history.Events.Count(
                e => e.Kind == GateEventKind.Dispatched && ReferenceEquals(e.Waiter, connection.Waiter));
            Assert.Equal(granted, connection.GivenBack);
            grants += granted;
            var end = connection.Waiter.State;
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }
    }

    private static IEnumerable<Func<bool>> Releases(Gate gate, Waiter holder)
    {
        yield return () => true;
        gate.Release(holder);
    }

    private static IEnumerable<Func<bool>> Expires(Gate gate, FakeTimeProvider time)
    {
        yield return () => true;
        time.Advance(TimeSpan.FromSeconds(1));
        yield return () => true;
        gate.Expire(10);
    }

    private static IEnumerable<Func<bool>> Reopens(Gate gate, ModelConnection connection)
    {
        while (!connection.HasEnded)
        {
            yield return () => !gate.IsOpen || connection.HasEnded;
            gate.Open();
        }
    }
}
