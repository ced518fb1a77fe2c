using Sidecar.ModelServer;

namespace Sidecar.Tests.ModelServer;

public class BatchTests
{
    private static readonly ModelServerOptions Options = new()
    {
        Slots = 2, TokensPerSecond = 10, BatchCost = 0.5, PrefillTokensPerSecond = 100,
    };

    [Fact]
    public void Step_TakesLonger_WithTheBatchAndWithNewPrompts()
    {
        var batch = new Batch(Options);
        batch.TryAdd(new Sequence(0, promptTokens: 10, tokens: 5));
        Assert.Equal(0.1 + 0.1, Step(batch), 9);
        batch.TryAdd(new Sequence(1, promptTokens: 20, tokens: 5));
        Assert.Equal(0.2 + 0.15, Step(batch), 9);
        Assert.Equal(0.15, Step(batch), 9);
    }

    [Fact]
    public void Slots_AreFilledFirstComeFirstServed_AsSoonAsTheyAreFree()
    {
        var batch = new Batch(Options);
        var all = Enumerable.Range(0, 4).Select(i => new Sequence(i, 1, tokens: i == 0 ? 1 : 3)).ToArray();
        foreach (var sequence in all) batch.TryAdd(sequence);
        Step(batch);
        Assert.Equal([1, 1, 0, 0], all.Select(sequence => sequence.Produced));
        Step(batch);
        Assert.Equal([1, 2, 1, 0], all.Select(sequence => sequence.Produced));
        Assert.Equal((2, 1), (batch.Running, batch.Waiting));
    }

    [Fact]
    public void Abort_FreesSlotAndPlace()
    {
        var batch = new Batch(Options);
        var all = Enumerable.Range(0, 5).Select(i => new Sequence(i, 1, 10)).ToArray();
        foreach (var sequence in all) batch.TryAdd(sequence);
        Step(batch);
        all[0].Abort();
        all[2].Abort();
        Assert.Equal(2, batch.Waiting);
        Step(batch);

        Assert.Equal([1, 2, 0, 1, 0], all.Select(sequence => sequence.Produced));
        Assert.True(all[2].Reader.Completion.IsCompleted);
    }

    [Fact]
    public void EverySequence_Ends_WithAllItsTokens()
    {
        var batch = new Batch(Options with { Slots = 3 });
        var random = new Random(1);
        var all = Enumerable.Range(0, 200).Select(i => new Sequence(i, 1, random.Next(1, 9))).ToArray();
        foreach (var sequence in all)
        {
            batch.TryAdd(sequence);
            if (random.Next(2) == 0) Step(batch);
        }
        for (var steps = 0; !batch.IsEmpty; steps++)
        {
            Assert.True(steps < 2000);
            Step(batch);
        }

        Assert.All(all, sequence => Assert.Equal(sequence.Tokens, sequence.Produced));
        Assert.Equal(all.Sum(sequence => sequence.Tokens), batch.GeneratedTokens);
    }

    [Fact]
    public void FullWaitingQueue_Refuses()
    {
        var batch = new Batch(Options with { WaitingMax = 1 });

        Assert.True(batch.TryAdd(new Sequence(0, 1, 1)));
        Assert.False(batch.TryAdd(new Sequence(1, 1, 1)));
    }

    private static double Step(Batch batch)
    {
        var duration = batch.Begin();
        batch.End();
        return duration.TotalSeconds;
    }
}
