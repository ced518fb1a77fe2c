using Sidecar.Engines;

namespace Sidecar.Tests.Engines;

public class EngineMonitorTests
{
    [Fact]
    public async Task ModelServerThatWasNeverHealthy_IsToldOfAtOnce_AndAgainEachMinute()
    {
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            for (var second = 0; second <= 90; second++)
            {
                scene.Engine.EndLook(scene.Engine.BeginLook(), HealthAnswer.Odd, "GET http://10.0.0.1:8001/nope: 404");
                scene.Time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        var lines = Lines(text, "upstream-unhealthy");
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains("GET http://10.0.0.1:8001/nope: 404", line));
        Assert.All(lines, line => Assert.Contains("SIDECAR_UPSTREAM_HEALTH", line));
    }

    [Fact]
    public async Task TurnOfHealth_IsToldOnce_AndNotAfterOneFailure()
    {
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            Look(scene, HealthAnswer.Healthy);
            Look(scene, HealthAnswer.Silent);
            Look(scene, HealthAnswer.Healthy);
            Assert.Null(scene.Engine.Complaint);
            Look(scene, HealthAnswer.Silent);
            Assert.True(scene.Engine.IsHealthy);
            Look(scene, HealthAnswer.Silent);
            Look(scene, HealthAnswer.Silent);
            Assert.False(scene.Engine.IsHealthy);
            Assert.Equal("Silent", scene.Engine.Complaint);
        }

        Assert.Single(Lines(text, "upstream-healthy"));
        Assert.Single(Lines(text, "upstream-unhealthy"));
    }

    [Fact]
    public async Task GateThatClosesAndOpensAllTheTime_DoesNotFillTheLog()
    {
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            for (var i = 0; i < 100; i++)
            {
                scene.Engine.OnRefused("the model server refuses connections");
                Assert.False(scene.Gate.IsOpen);
                scene.Time.Advance(TimeSpan.FromMilliseconds(250));
                Look(scene, HealthAnswer.Healthy);
                Assert.True(scene.Gate.IsOpen);
            }
        }

        // 25 s: at 0, 10 and 20.
        Assert.Equal(3, Lines(text, "gate-closed").Length);
        Assert.Contains("count=40", Lines(text, "gate-closed")[1]);
        var opened = Lines(text, "gate-opened");
        Assert.Equal(3, opened.Length);
        Assert.All(opened, line => Assert.Contains("after_seconds=0.250", line));
    }

    [Fact]
    public async Task GateThatStaysClosed_WithinThePaceOfAnEarlierClosing_IsToldAfterIt()
    {
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            scene.Engine.OnRefused("at first");
            Look(scene, HealthAnswer.Healthy);
            scene.Time.Advance(TimeSpan.FromSeconds(2));
            scene.Engine.OnRefused("for good");
            for (var second = 0; second < 60; second++)
            {
                scene.Time.Advance(TimeSpan.FromSeconds(1));
                Look(scene, HealthAnswer.Unreachable);
            }
        }

        var closed = Lines(text, "gate-closed");
        Assert.Equal(2, closed.Length);
        // Told at 10 s, closed at 2.
        Assert.EndsWith("reason=\"for good\"  for_seconds=8.000  count=1", closed[1].TrimEnd());
        Assert.Contains("gate-closed", $"{text}".TrimEnd().Split('\n').Last(line => line.Contains("gate-")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ModelServerThatAnswers503_ToWhateverItIsAsked_IsToldOf_AndTheGateIsNotCalledOpen(bool wasHealthy)
    {
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            if (wasHealthy) Look(scene, HealthAnswer.Healthy);
            Look(scene, HealthAnswer.NotReady);
            Look(scene, HealthAnswer.NotReady);
            for (var i = 0; i < 80; i++)
            {
                Assert.True(scene.Engine.RefusesBy503);
                scene.Engine.OnNotReady();
                Assert.False(scene.Gate.IsOpen);
                scene.Time.Advance(TimeSpan.FromMilliseconds(750));
                Look(scene, HealthAnswer.NotReady);
                Assert.True(scene.Gate.IsOpen);
            }
            scene.Time.Advance(TimeSpan.FromSeconds(1));
            Look(scene, HealthAnswer.Healthy);
        }

        Assert.Contains("the model server answers 503", Assert.Single(Lines(text, "gate-closed")));
        // At once, and again after a minute.
        Assert.InRange(Lines(text, "upstream-unhealthy").Length, 1, 2);
        Assert.All(Lines(text, "upstream-unhealthy"), line => Assert.Contains("requests wait", line));
        Assert.Contains("after_seconds=60.000", Assert.Single(Lines(text, "gate-opened")));
    }

    [Fact]
    public async Task GateThatIsOpenedForATrial_IsToldOnceThatHasLasted()
    {
        var text = new StringWriter();
        await using (var scene = new ProbeScene(text))
        {
            scene.Engine.OnNotReady();
            for (var i = 0; i < 4; i++)
            {
                scene.Time.Advance(TimeSpan.FromSeconds(1));
                Look(scene, HealthAnswer.NotReady);
            }
            Assert.True(scene.Gate.IsOpen);
        }

        var opened = Assert.Single(Lines(text, "gate-opened"));
        Assert.StartsWith("00:00:02.000", opened);
        Assert.Contains("after_seconds=1.000", opened);
    }

    [Fact]
    public async Task Doubt_AsksForALook_EvenWhereItClosesNothing()
    {
        await using var scene = new ProbeScene();
        Look(scene, HealthAnswer.Healthy);
        var asked = scene.Engine.LookAskedAsync();
        scene.Engine.OnBroken();
        Assert.True(asked.IsCompleted);
        Look(scene, HealthAnswer.Healthy);
        asked = scene.Engine.LookAskedAsync();
        Assert.False(asked.IsCompleted);
        scene.Engine.OnBroken();
        Assert.True(asked.IsCompleted);
        Assert.True(scene.Gate.IsOpen);
    }

    /// <summary>Looks go on all the time there, and requests that come back must not make them endless.</summary>
    [Fact]
    public async Task DoubtWhereTheGateIsClosed_AsksForNoFurtherLook()
    {
        await using var scene = new ProbeScene();
        scene.Engine.OnRefused("first");
        var asked = scene.Engine.LookAskedAsync();
        Assert.False(asked.IsCompleted);
        scene.Engine.OnRefused("second");
        scene.Engine.OnBroken();
        Assert.False(asked.IsCompleted);
    }

    private static void Look(ProbeScene scene, HealthAnswer answer) =>
        scene.Engine.EndLook(scene.Engine.BeginLook(), answer, $"{answer}");

    private static string[] Lines(StringWriter text, string name) =>
        [.. $"{text}".Split('\n').Where(line => line.Split(' ').Contains(name))];
}
