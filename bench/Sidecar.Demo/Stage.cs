namespace Sidecar.Demo;

/// <summary>Plays one scenario: the model server's only place is held, requests queue one after the other, then the
/// place is let go again and again, and whoever comes next is written down. Every wait has a bound.</summary>
public sealed class Stage(SidecarUnderDemo sidecar, HeldUpstream upstream, DemoScreen screen, TimeSpan pace)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <returns>Null, or what was not as expected.</returns>
    public async Task<string?> PlayAsync(Scenario scenario, CancellationToken stop)
    {
        for (var i = 0; i < scenario.Before.Count; i++)
            await sidecar.SendAsync("before", DemoRequest.ContextOf(scenario.Before.WorkloadId, 3), stop);
        upstream.Holding = true;
        var first = sidecar.SendAsync("-", DemoRequest.ContextOf("in-progress", 5), stop);
        var current = await upstream.NextAsync(stop).WaitAsync(Patience, stop);
        var answers = new List<Task<int>> { first };
        await QueueAllAsync(scenario, answers, stop);

        screen.DispatchHeader();
        List<string> order = [];
        for (var position = 1; position <= scenario.Requests.Count; position++)
        {
            var before = await sidecar.QueueAsync();
            current.Release();
            current = await upstream.NextAsync(stop).WaitAsync(Patience, stop);
            order.Add(current.Name);
            screen.Dispatched(Explain(scenario, position, current.Name, before));
            await Task.Delay(pace, stop);
        }
        current.Release();
        upstream.Holding = false;
        var statuses = await Task.WhenAll(answers).WaitAsync(Patience, stop);
        var played = string.Join(' ', order);
        if (played != scenario.Expected) return $"order {played}, expected {scenario.Expected}";
        return statuses.All(status => status == 200) ? null : $"answers {string.Join(' ', statuses)}, expected 200";
    }

    private async Task QueueAllAsync(Scenario scenario, List<Task<int>> answers, CancellationToken stop)
    {
        var head = scenario.Requests[0];
        for (var i = 0; i < scenario.Requests.Count; i++)
        {
            var request = scenario.Requests[i];
            var arrived = i + 1;
            if (request.SentWhen > 0)
                await AwaitAsync(
                    queue => queue.Find(head.WorkloadId, head.Criticality)?.Score >= request.SentWhen,
                    $"the score of {head.Name} did not reach {request.SentWhen}", stop);
            answers.Add(sidecar.SendAsync(request.Name, request.Context, stop));
            await AwaitAsync(queue => queue.Queued == arrived, $"{request.Name} was not queued", stop);
            screen.Queued(arrived, request);
            await Task.Delay(pace, stop);
        }
    }

    private async Task AwaitAsync(Func<QueueView, bool> holds, string otherwise, CancellationToken stop)
    {
        for (var left = Patience; left > TimeSpan.Zero; left -= Pause)
        {
            if (holds(await sidecar.QueueAsync())) return;
            await Task.Delay(Pause, stop);
        }
        throw new DemoFailure(otherwise);
    }

    private static Dispatch Explain(Scenario scenario, int position, string name, QueueView before)
    {
        var index = scenario.Requests.ToList().FindIndex(request => request.Name == name);
        if (index < 0) throw new DemoFailure($"the model server got '{name}', which nobody sent");
        var request = scenario.Requests[index];
        var flow = before.Find(request.WorkloadId, request.Criticality);
        var runnerUp = before.Flows
            .Where(other => other.Queued > (ReferenceEquals(other, flow) ? 1 : 0))
            .MaxBy(other => other.Score);
        return new Dispatch(position, request, index + 1, flow, runnerUp);
    }
}
