using Microsoft.Extensions.Time.Testing;
using Sidecar.Primitives;
using Sidecar.Proxy.Server;
using Sidecar.Telemetry;
using Sidecar.Tests.Proxy;
using Sidecar.Transport;

namespace Sidecar.Tests.Transport;

public sealed class ReactorTests : IAsyncDisposable
{
    /// <summary>Only what is told of wakes it: a test that waits for anything else never ends.</summary>
    private const long SleepTicksMax = TimeSpan.TicksPerHour;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StringWriter _output = new();
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly Log _log;
    private readonly Reactor _reactor;
    private readonly Duty _duty = new();

    public ReactorTests()
    {
        _log = new Log(_output, LogLevel.Info, LogFormat.Text, new FakeTimeProvider());
        _reactor = new Reactor(_clock, "test", _log, SleepTicksMax);
    }

    [Fact]
    public async Task WhatFailsOutsideAConnection_IsLogged_AndTheReactorGoesOn()
    {
        _duty.Fails = true;
        _reactor.AddDuty(_duty);
        var second = new Duty();
        _reactor.AddDuty(second);
        _reactor.Start();

        // One mail among others of the same batch, and what the loop of a signal does behind the awaiter's back.
        await RunAsync(() =>
        {
            _reactor.Post(new FailingMail());
            var signal = new Signal(_reactor);
            signal.OnCompleted(() => throw new InvalidOperationException("a failing continuation"));
            signal.Pulse();
        });
        await RunAsync(() => { });
        await ProxyHarness.UntilAsync(() => second.Count > 0);
        await _log.DisposeAsync();

        Assert.True(_duty.Count > 0);
        Assert.Contains("error reactor-fault  reason=\"System.InvalidOperationException: a failing", $"{_output}");
    }

    [Fact]
    public async Task EventThatFails_IsContained_AndTheNextChannelHasItsOwn()
    {
        _reactor.Start();
        using var first = await UnixPair.OpenAsync();
        using var second = await UnixPair.OpenAsync();
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await RunAsync(() =>
        {
            _reactor.Adopt(first.TakeAccepted(), new Owner(() => throw new InvalidOperationException("an owner")));
            _reactor.Adopt(second.TakeAccepted(), new Owner(() => seen.TrySetResult()));
        });

        await seen.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task CallThatFails_TellsItsCaller()
    {
        _reactor.Start();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync(() => throw new InvalidOperationException("a call")));
        Assert.Equal("a call", failure.Message);
        await RunAsync(() => { });
    }

    /// <summary>Of deadlines and of duties, while nothing else happens.</summary>
    [Fact]
    public async Task SleepingReactor_WakesForWhatIsDue()
    {
        _reactor.AddDuty(_duty);
        _reactor.Start();
        await AsleepAsync();
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await RunAsync(() =>
        {
            var signal = new Signal(_reactor) { DeadlineTicks = _reactor.NowTicks + 4 * Reactor.SweepTicks };
            _reactor.Attach(signal);
            signal.OnCompleted(() =>
            {
                signal.DeadlineTicks = long.MaxValue;
                _duty.NextDueTicks = _reactor.NowTicks + 4 * Reactor.SweepTicks;
                woken.SetResult();
            });
        });

        await woken.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await ProxyHarness.UntilAsync(() => Volatile.Read(ref _duty.LastTicks) >= _duty.NextDueTicks);
    }

    /// <summary>A duty that did not know of anything is asked again once something has happened.</summary>
    [Fact]
    public async Task SleepingReactor_ReturnsToItsPaceWithTheFirstMail()
    {
        _reactor.AddDuty(_duty);
        _reactor.Start();
        await AsleepAsync();
        var mailTicks = 0L;
        await RunAsync(() => mailTicks = _reactor.NowTicks);

        await ProxyHarness.UntilAsync(() => Volatile.Read(ref _duty.LastTicks) >= mailTicks + Reactor.SweepTicks);
    }

    public async ValueTask DisposeAsync()
    {
        _reactor.Dispose();
        await _log.DisposeAsync();
    }

    private Task RunAsync(Action action) =>
        WorkerCall.RunAsync(_reactor, action).WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>Nothing has happened in the first round, so it ends with a sleep.</summary>
    private Task AsleepAsync() => ProxyHarness.UntilAsync(() => _duty.Count >= 1);

    private sealed class FailingMail : Mail
    {
        protected internal override void Deliver() => throw new InvalidOperationException("a failing mail");
    }

    private sealed class Owner(Action onEvent) : IChannelOwner
    {
        public void OnChannelEvent(SocketChannel channel) => onEvent();
    }

    private sealed class Duty : IReactorDuty
    {
        internal long LastTicks;
        private volatile int _count;

        internal int Count => _count;

        internal bool Fails { get; set; }

        public long NextDueTicks { get; set; } = long.MaxValue;

        public void OnSweep(long nowTicks)
        {
            _count++;
            Volatile.Write(ref LastTicks, nowTicks);
            if (Fails) throw new InvalidOperationException("a failing duty");
        }
    }
}
