using Sidecar.Primitives;
using Sidecar.Transport;

namespace Sidecar.Tests.Transport;

public class MailboxTests
{
    [Fact]
    public void TakeAll_KeepsTheOrderOfPosting_AndOneIsInItOnce()
    {
        var box = new Mailbox();
        var (a, b) = (new Note(), new Note());

        Assert.True(box.Post(a));
        Assert.False(box.Post(b));
        Assert.False(box.Post(a));
        var first = box.TakeAll();
        Assert.Same(a, first);
        Assert.Same(b, first!.Next);
        Assert.Null(b.Next);
        Assert.Null(box.TakeAll());
    }

    [Fact]
    public async Task ManyThreads_PostToAReactor_AndNothingIsLost()
    {
        const int threads = 4, each = 5000;
        using var reactor = new Reactor(new MonotonicClock(TimeProvider.System), "test");
        reactor.Start();
        var notes = Enumerable.Range(0, threads * each).Select(_ => new Note()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) reactor.Post(notes[thread * each + i]);
        })));

        await Task.WhenAll(notes.Select(note => note.Delivered.Task)).WaitAsync(
            TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var last = new Note();
        reactor.Post(last);
        await last.Delivered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.All(notes, note => Assert.Equal(1, note.Count));
    }

    private sealed class Note : Mail
    {
        internal TaskCompletionSource Delivered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Count { get; private set; }

        protected internal override void Deliver()
        {
            Count++;
            Delivered.TrySetResult();
        }
    }
}
