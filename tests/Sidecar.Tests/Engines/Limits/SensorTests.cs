using Sidecar.Engines.Limits;

namespace Sidecar.Tests.Engines.Limits;

public class SensorTests
{
    private const long Look = TimeSpan.TicksPerSecond / 10;

    [Fact]
    public void Page_IsDatedByWhatWasInFlight()
    {
        var page = new PageSensor();
        for (var i = 0; i < 50; i++) page.Note(inFlight: i, i * Look);

        Assert.True(page.TryDate(running: 16, waiting: 4, askedTicks: 49 * Look, out var seenTicks));
        Assert.InRange(seenTicks, 19 * Look, 21 * Look);
        // What is told later cannot be of before.
        Assert.True(page.TryDate(running: 10, waiting: 0, askedTicks: 49 * Look, out var later));
        Assert.Equal(seenTicks, later);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(20, false)]
    [InlineData(39, true)]
    [InlineData(40, true)]
    [InlineData(42, true)]
    [InlineData(90, true)]
    public void PageOfWhatNeverWas_IsNotBelieved_ButOneOfMore(int running, bool isBelieved)
    {
        var page = new PageSensor();
        for (var i = 0; i < 300; i++) page.Note(inFlight: 40, i * Look);

        Assert.Equal(isBelieved, page.TryDate(running, waiting: 0, askedTicks: 300 * Look, out _));
    }

    [Fact]
    public void Page_TellsNothingOfWhatCameAfterTheQuestion()
    {
        var page = new PageSensor();
        page.Note(inFlight: 4, Look);
        page.Note(inFlight: 20, 3 * Look);

        // What is told beyond all that was in flight by then is others'; it is of when it was asked for.
        Assert.True(page.TryDate(running: 20, waiting: 0, askedTicks: 2 * Look, out var seenTicks));
        Assert.Equal(2 * Look, seenTicks);
    }

    [Fact]
    public void PageOfMoreThanACountHolds_IsReadAllTheSame()
    {
        var page = new PageSensor();
        page.Note(inFlight: 0, Look);

        Assert.True(page.TryDate(running: int.MaxValue, waiting: 1, askedTicks: 2 * Look, out _));
    }

    [Fact]
    public void Answers_TellNothing_BeforeOneHasCome_OrWhereTheyAreNotStreamed()
    {
        var answers = new AnswerSensor();
        Assert.False(answers.TryRead(4, 0, 4, 0, out _));
        answers.OnAnswered(Look);
        for (var i = 1; i < 20; i++) answers.TryRead(4, 1, 4, i * Look, out _);
        Assert.True(answers.TryRead(4, 1, 4, 20 * Look, out _));

        for (var i = 0; i < 20; i++) answers.OnEnded(wasStreamed: false);
        Assert.False(answers.TryRead(4, 1, 4, 21 * Look, out _));
        Assert.Equal((0, true), (answers.FirstByteTicks, answers.IsBlind));
        for (var i = 0; i < 50; i++) answers.OnEnded(wasStreamed: true);
        Assert.False(answers.IsBlind);
    }

    [Fact]
    public void WhoHasNoFirstByteInTime_Waits()
    {
        var answers = new AnswerSensor();
        for (var i = 0; i < 8; i++) answers.OnAnswered(Look / 10);
        for (var i = 0; i < 10; i++) answers.TryRead(dispatched: 8, answered: 8, inFlight: 4, i * Look, out _);

        Assert.True(answers.TryRead(dispatched: 11, answered: 8, inFlight: 7, 10 * Look, out var fresh));
        answers.TryRead(11, 8, 7, 11 * Look, out _);
        Assert.True(answers.TryRead(11, 8, 7, 12 * Look, out var later));

        Assert.Equal((3, 4), (later.Waiting, later.Running));
        Assert.True(fresh.Waiting < 3);
        Assert.InRange(later.SeenTicks, 11 * Look, 12 * Look);
    }
}
