using Sidecar.Engines;

namespace Sidecar.Tests.Engines;

public class EngineStateTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private static readonly HealthAnswer[] Answers = Enum.GetValues<HealthAnswer>();

    [Fact]
    public void Health_TurnsWithTwoFailuresAndOneSuccess()
    {
        var state = new EngineState();
        Assert.False(state.IsHealthy);
        Look(ref state, HealthAnswer.Healthy);
        Assert.True(state.IsHealthy);
        Look(ref state, HealthAnswer.NotReady);
        Assert.True(state.IsHealthy);
        Look(ref state, HealthAnswer.Unreachable);
        Assert.False(state.IsHealthy);
        Look(ref state, HealthAnswer.Healthy);
        Assert.True(state.IsHealthy);
        Assert.True(state.IsOpen);
    }

    [Theory]
    [InlineData(HealthAnswer.Odd, true)]
    [InlineData(HealthAnswer.Silent, true)]
    [InlineData(HealthAnswer.NotReady, false)]
    [InlineData(HealthAnswer.Unreachable, false)]
    public void Connection_StandsInForAHealthPathThatWasNeverHealthy(HealthAnswer answer, bool opens)
    {
        var state = new EngineState();
        Assert.True(state.TryClose(Doubt.Refused, 0));
        Assert.Equal(opens, Look(ref state, answer));
        Assert.Equal(opens, state.IsOpen);
        // And then a 503 is the model server's answer, not its absence.
        Assert.Equal(!opens, state.RefusesBy503);
    }

    [Theory]
    [InlineData(HealthAnswer.Odd)]
    [InlineData(HealthAnswer.Silent)]
    [InlineData(HealthAnswer.NotReady)]
    public void Closing_EndsByItself_OnceTheModelServerIsThere(HealthAnswer answer)
    {
        var state = Healthy();
        Assert.True(state.TryClose(Doubt.Refused, 0));
        Assert.False(Look(ref state, HealthAnswer.Unreachable, 10 * Second));
        Assert.False(Look(ref state, answer, 20 * Second));
        Assert.False(Look(ref state, answer, 20 * Second + EngineState.EndTicks - 1));
        Assert.True(Look(ref state, answer, 20 * Second + EngineState.EndTicks));
    }

    [Fact]
    public void Closing_EndsByItself_ItsTimeAfterIt_WhereTheModelServerWasThereBefore()
    {
        var state = Healthy();
        Assert.True(state.TryClose(Doubt.Refused, 20 * Second));
        Assert.False(Look(ref state, HealthAnswer.NotReady, 20 * Second));
        Assert.False(Look(ref state, HealthAnswer.NotReady, 20 * Second + EngineState.EndTicks - 1));
        Assert.True(Look(ref state, HealthAnswer.NotReady, 20 * Second + EngineState.EndTicks));
    }

    [Fact]
    public void Look_FromBeforeTheClosing_OpensNothing_AndLaterDoubtsDoNotDiscardOneFromAfterIt()
    {
        var state = Healthy();
        var before = state.BeginLook(0);
        Assert.True(state.TryClose(Doubt.Broken, 1));
        Assert.False(state.TryOpen(before, HealthAnswer.Healthy, 5 * Second));
        var after = state.BeginLook(2);
        Assert.False(state.TryClose(Doubt.Broken, 3));
        Assert.False(state.TryClose(Doubt.Refused, 4));
        Assert.True(state.TryOpen(after, HealthAnswer.Healthy, 5));
    }

    [Fact]
    public void BrokenConnections_DoNotCloseWhatWasJustFoundHealthy_ButRefusalsDo()
    {
        var state = Healthy();
        Assert.True(state.TryClose(Doubt.Broken, 0));
        Assert.True(Look(ref state, HealthAnswer.Healthy, 1));
        Assert.False(state.TryClose(Doubt.Broken, EngineState.TrustTicks));
        Assert.True(state.TryClose(Doubt.Broken, EngineState.TrustTicks + 1));
        Assert.True(Look(ref state, HealthAnswer.Healthy, Second));
        Assert.True(state.TryClose(Doubt.Refused, Second));
    }

    [Fact]
    public void BrokenConnection_WhereHealthDoesNotHold_ClosesNothing()
    {
        var state = new EngineState();
        Assert.False(state.TryClose(Doubt.Broken, 0));
        Look(ref state, HealthAnswer.Odd);
        Assert.False(state.TryClose(Doubt.Broken, 0));
    }

    [Fact]
    public void ServedRequests_MakeA503AnAnswer_UntilTheModelServerWasAway()
    {
        var state = new EngineState();
        Look(ref state, HealthAnswer.NotReady);
        Assert.True(state.RefusesBy503);
        state.NoteServed();
        Look(ref state, HealthAnswer.NotReady);
        Assert.False(state.RefusesBy503);
        Look(ref state, HealthAnswer.Unreachable);
        Assert.True(state.RefusesBy503);
        state.NoteServed();
        state.TryClose(Doubt.Refused, 0);
        Look(ref state, HealthAnswer.NotReady, 10 * Second);
        Look(ref state, HealthAnswer.NotReady, 11 * Second);
        Assert.True(state.IsOpen && state.RefusesBy503);
        // Where health holds, they say nothing new.
        Look(ref state, HealthAnswer.Healthy);
        state.NoteServed();
        Look(ref state, HealthAnswer.NotReady);
        Look(ref state, HealthAnswer.NotReady);
        Assert.True(state.RefusesBy503);
    }

    [Fact]
    public void HealthThatIsBack_MakesA503AnAbsenceAgain()
    {
        var state = new EngineState();
        Look(ref state, HealthAnswer.NotReady);
        state.NoteServed();
        Assert.False(state.RefusesBy503);
        Look(ref state, HealthAnswer.Healthy);
        for (var i = 0; i < 2; i++) Look(ref state, HealthAnswer.NotReady);
        Assert.True(state.RefusesBy503);
    }

    /// <summary>
    /// All orders of up to eight events, each followed by a model server that is there, whatever its health path says
    /// then: the gate is open within a second. And by one that is not there: then it does not open.
    /// </summary>
    [Fact]
    public void NoOrderOfEvents_LeavesTheGateClosedForASecond_WhileTheModelServerServes()
    {
        HashSet<World> reached = [new(new EngineState(), null, 0)];
        var seen = new HashSet<World>(reached);
        for (var depth = 0; depth < 8; depth++)
        {
            reached = [.. reached.SelectMany(world => world.Next()).Where(seen.Add)];
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{seen.Count:N0} states");
        Assert.True(seen.Count > 10_000);
        var closed = seen.Where(world => !world.State.IsOpen).ToArray();
        Assert.NotEmpty(closed);
        foreach (var world in closed)
        {
            foreach (var answer in Answers)
            {
                var isThere = answer != HealthAnswer.Unreachable;
                Assert.True(world.OpensWithinASecond(answer) == isThere, $"{world}, then {answer}");
            }
        }
    }

    private static EngineState Healthy()
    {
        var state = new EngineState();
        Look(ref state, HealthAnswer.Healthy);
        return state;
    }

    private static bool Look(ref EngineState state, HealthAnswer answer, long nowTicks = 0) =>
        state.TryOpen(state.BeginLook(nowTicks), answer, nowTicks);

    /// <summary>The state, a look under way, and the time.</summary>
    private sealed record World(EngineState State, HealthLook? Look, long NowTicks)
    {
        private const long LookPeriodTicks = Second / 4;

        internal IEnumerable<World> Next()
        {
            yield return After((ref state) => state.TryClose(Doubt.Refused, NowTicks));
            yield return After((ref state) => state.TryClose(Doubt.Broken, NowTicks));
            yield return After((ref state) => state.RefusesBy503 && state.TryClose(Doubt.NotReady, NowTicks));
            yield return After((ref state) =>
            {
                state.NoteServed();
                return true;
            });
            yield return this with { Look = State.BeginLook(NowTicks) };
            yield return this with { NowTicks = NowTicks + Second / 4 };
            yield return this with { NowTicks = NowTicks + Second };
            if (Look is not { } look) yield break;
            foreach (var answer in Answers)
                yield return After((ref state) => state.TryOpen(look, answer, NowTicks)) with { Look = null };
        }

        /// <summary>Looks follow each other as the probe has them: the first one a period late.</summary>
        internal bool OpensWithinASecond(HealthAnswer answer)
        {
            var state = State;
            // Its timer may be early, by another clock.
            var takesTicks = answer == HealthAnswer.Silent ? EngineState.ClosedLookTicksMax - Second / 50 : 0;
            var end = NowTicks + Second;
            for (var start = NowTicks + LookPeriodTicks; start + takesTicks <= end; start += LookPeriodTicks)
            {
                var look = state.BeginLook(start);
                if (state.TryOpen(look, answer, start + takesTicks)) return true;
                start += takesTicks;
            }
            return false;
        }

        private World After(Change change)
        {
            var state = State;
            change(ref state);
            return this with { State = state };
        }

        private delegate bool Change(ref EngineState state);
    }
}
