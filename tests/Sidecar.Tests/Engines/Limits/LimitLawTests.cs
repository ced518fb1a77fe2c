using Sidecar.Engines.Limits;

namespace Sidecar.Tests.Engines.Limits;

public class LimitLawTests
{
    private const int LimitMax = 1024;

    /// <summary>Memory for some 120 requests of the mix.</summary>
    private static readonly EngineShape CacheBound = new()
    {
        Slots = 256, CacheTokens = 120 * 450, StepSeconds = 0.02, BatchCost = 0.01, PromptTokens = 300,
        AnswerTokens = 200,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(32)]
    public void Slots_AreFilled_AndHardlyAnythingWaitsThere(int slots)
    {
        var trial = Try(new EngineShape { Slots = slots });

        Assert.InRange(trial.Limit, slots, slots + 1);
        Assert.InRange(trial.MeanWaiting, 0, 0.5);
        Assert.InRange(Share(trial, new EngineShape { Slots = slots }), 0.98, 1.1);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void WithoutAPage_TheAnswersTell(int slots)
    {
        var shape = new EngineShape { Slots = slots, PageLateSeconds = null };
        var trial = Try(shape);

        Assert.InRange(trial.Limit, slots, slots + 3);
        Assert.InRange(Share(trial, shape), 0.97, 1.1);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(5)]
    public void CacheThatFills_IsFilled_AndHardlyAnythingIsPreempted(double lateSeconds)
    {
        var shape = CacheBound with { PageLateSeconds = lateSeconds };
        var trial = Try(shape, seconds: 240);

        Assert.InRange(trial.PreemptionsPerRequest, 0, 0.01);
        Assert.InRange(trial.MeanWaiting, 0, 2);
        Assert.InRange(Share(trial, shape, seconds: 240), 0.95, 1.2);
    }

    [Fact]
    public void PageThatTellsZeros_IsNotBelieved()
    {
        var shape = CacheBound with { PageZeroSeconds = 18 };
        var trial = new LimitTrial(shape, new LimitLaw(new LimitBounds(1, LimitMax)), 1).Run(17);

        Assert.InRange(trial.Limits.Most, 60, 200);
        Assert.InRange(Share(trial.Run(240), shape, seconds: 240), 0.95, 1.2);
    }

    /// <summary>What must not be, whatever the model server: that it starves, or that the limit runs away.</summary>
    [Fact]
    public void AnyModelServer_IsKeptBusy_WithinBounds()
    {
        var random = new Random(20261127);
        for (var i = 0; i < 250; i++)
        {
            var shape = Any(random);
            var trial = Try(shape, seconds: 200, seed: i);
            var share = Share(trial, shape, seconds: 200, seed: i);

            Assert.InRange(trial.Limits.Least, 1, LimitMax);
            Assert.InRange(trial.Limits.Most, 1, LimitMax);
            Assert.True(share > 0.8, $"{i}: {share:P0} of what no limit reaches, {trial.Limit}: {shape}");
            // Who waits for a step or two is not what the limit is for.
            var waitSeconds = trial.MeanWaiting * shape.AnswerTokens / trial.TokensPerSecond;
            Assert.True(
                waitSeconds < 0.25 || trial.MeanWaiting <= Math.Max(4, 0.35 * trial.Limit),
                $"{i}: {trial.MeanWaiting:F1} wait at {trial.Limit}: {shape}");
        }
    }

    [Fact]
    public void Idle_ChangesNothing()
    {
        var law = new LimitLaw(new LimitBounds(1, LimitMax));
        law.OnSize(8, 0);
        for (var i = 1; i < 100_000; i++) law.Observe(new EngineLoad(0, 0, i), new GateLook(0, 0, 0, 0), i);

        Assert.Equal((8, LimitReason.Size), (law.Limit, law.Reason));
    }

    [Fact]
    public void Refusal_IsOneStepDown_UntilAsFewAreThere()
    {
        var law = new LimitLaw(new LimitBounds(1, LimitMax));
        law.OnSize(8, 0);
        for (var i = 0; i < 5; i++) law.OnRefused(8, 1);

        Assert.Equal((7, LimitReason.Refused), (law.Limit, law.Reason));
    }

    [Fact]
    public void NothingTellsYet_TheLimitGrowsWhileItBinds_UpToAUsualOne()
    {
        var (law, now, limits) = (new LimitLaw(new LimitBounds(1, 1024)), 0L, new List<int>());
        law.OnBlind(new GateLook(1, 5, 0, 0), isForGood: false, now);
        law.OnBlind(new GateLook(2, 0, 0, 0), isForGood: false, now);
        Assert.Equal((2, LimitReason.Start), (law.Limit, law.Reason));
        for (var i = 0; i < 150; i++, now += TimeSpan.TicksPerSecond / 10)
        {
            law.OnBlind(new GateLook(law.Limit, 5, 0, 0), isForGood: false, now);
            if (i % 10 == 0) limits.Add(law.Limit);
        }
        Assert.Equal([3, 4, 6, 9, 13, 19, 28, 42, 63, 64, 64, 64, 64, 64, 64], limits);
        Assert.Equal(LimitReason.Blind, law.Reason);
    }

    [Fact]
    public void Blind_TheLimitIsAUsualOne_UntilSomethingTells()
    {
        var law = new LimitLaw(new LimitBounds(1, LimitMax));
        for (var i = 0; i < 5; i++) law.OnBlind(default, isForGood: true, i);
        Assert.Equal((64, LimitReason.Blind), (law.Limit, law.Reason));

        for (var i = 10; i < 20; i++) law.Observe(new EngineLoad(4, 60, i), new GateLook(64, 1, 0, 0), i);
        Assert.Equal((5, LimitReason.Waiting), (law.Limit, law.Reason));
    }

    [Fact]
    public void Bounds_Hold_AndOneIsTheLeast()
    {
        Assert.Equal(3, new LimitLaw(new LimitBounds(3, 5)).Limit);
        var law = new LimitLaw(new LimitBounds(0, 5));
        law.OnSize(100, 0);
        Assert.Equal(5, law.Limit);
        for (var i = 0; i < 20; i++)
        {
            law.OnRefused(law.Limit, i);
            law.Observe(new EngineLoad(0, 0, i), new GateLook(law.Limit, 0, 0, 0), i);
        }
        Assert.Equal(1, law.Limit);
    }

    private static LimitTrial Try(EngineShape shape, double seconds = 120, int seed = 1) =>
        new LimitTrial(shape, new LimitLaw(new LimitBounds(1, LimitMax)), seed).Run(seconds);

    /// <summary>Of the tokens a second that no limit reaches.</summary>
    private static double Share(LimitTrial trial, EngineShape shape, double seconds = 120, int seed = 1) =>
        trial.TokensPerSecond / new LimitTrial(shape, law: null, seed).Run(seconds).TokensPerSecond;

    private static EngineShape Any(Random random)
    {
        double Between(double least, double most) => least * Math.Pow(most / least, random.NextDouble());
        var (prompt, answer) = ((int)Between(4, 1000), (int)Between(8, 600));
        // Answers of minutes would take hours to settle.
        var slots = (int)Between(1, answer > 200 ? 128 : 512);
        var isBound = random.Next(3) == 0;
        return new EngineShape
        {
            Slots = slots, PromptTokens = prompt, AnswerTokens = answer,
            CacheTokens = isBound ? slots * Between(0.2, 1) * (prompt + answer) + 4 * (prompt + answer)
                : double.PositiveInfinity,
            StepSeconds = Between(0.004, 0.05), BatchCost = Between(0.002, 0.2),
            PrefillTokensPerSecond = Between(2000, 50_000),
            PageLateSeconds = random.Next(3) == 0 ? null : Between(0.1, 3),
            PageZeroSeconds = random.Next(4) == 0 ? 18 : 0,
        };
    }
}
