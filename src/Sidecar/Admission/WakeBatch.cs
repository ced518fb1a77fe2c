using System.Runtime.CompilerServices;

namespace Sidecar.Admission;

/// <summary>
/// Waiters whose state was changed under the lock, to be woken after it. On the stack and of a fixed size: a chain
/// through the waiters could be rewritten while it is walked, since a waiter that sees its state early may already
/// be back in the queue, and dispatched again.
/// </summary>
internal struct WakeBatch
{
    public const int Capacity = 8;

    private Slots _slots;
    private int _count;

    public readonly bool IsFull => _count == Capacity;

    public void Add(Waiter waiter) => _slots[_count++] = waiter;

    public readonly void Wake()
    {
        for (var i = 0; i < _count; i++) _slots[i]!.Wake();
    }

    [InlineArray(Capacity)]
    private struct Slots
    {
        private Waiter? _first;
    }
}
