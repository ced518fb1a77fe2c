namespace Sidecar.Transport;

/// <summary>Mail from many threads to one: an intrusive stack that the taker reverses. Allocates nothing.</summary>
internal sealed class Mailbox
{
    private Mail? _top;

    /// <summary>True when the box was empty before: the taker has to be woken.</summary>
    internal bool Post(Mail mail)
    {
        if (!mail.TryMarkPosted()) return false;
        var top = Volatile.Read(ref _top);
        while (true)
        {
            mail.Next = top;
            var seen = Interlocked.CompareExchange(ref _top, mail, top);
            if (seen == top) return top is null;
            top = seen;
        }
    }

    /// <summary>Takes all that was posted, as a chain in the order of posting.</summary>
    internal Mail? TakeAll()
    {
        if (Volatile.Read(ref _top) is null) return null;
        var taken = Interlocked.Exchange(ref _top, null);
        Mail? chain = null;
        while (taken is not null) (taken.Next, chain, taken) = (chain, taken, taken.Next);
        return chain;
    }
}
