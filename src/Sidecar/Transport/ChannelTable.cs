namespace Sidecar.Transport;

/// <summary>
/// The channels of one reactor by slot. A key carries the slot and its generation: an event that was fetched in one
/// batch with the close of its channel finds nothing, even when the slot is taken again. Used by one thread.
/// </summary>
internal sealed class ChannelTable
{
    private SocketChannel?[] _channels = new SocketChannel?[64];
    private uint[] _generations = new uint[64];
    private readonly Stack<int> _free = new();
    private int _used;

    internal SocketChannel Add(Reactor reactor, int descriptor, IChannelOwner? owner)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot == _channels.Length)
            {
                Array.Resize(ref _channels, slot * 2);
                Array.Resize(ref _generations, slot * 2);
            }
        }
        return _channels[slot] = new SocketChannel(reactor, descriptor, slot, owner);
    }

    /// <summary>Never negative, and so unlike all keys of the reactor's own.</summary>
    internal long Key(SocketChannel channel) =>
        (long)(_generations[channel.Slot] & int.MaxValue) << 32 | (uint)channel.Slot;

    internal SocketChannel? Find(long key)
    {
        var slot = (int)key;
        return (_generations[slot] & int.MaxValue) == key >> 32 ? _channels[slot] : null;
    }

    /// <summary>Closes the channels that are still open, once the thread has ended.</summary>
    internal void CloseAll()
    {
        foreach (var channel in _channels) channel?.Close();
    }

    internal void Remove(SocketChannel channel)
    {
        _channels[channel.Slot] = null;
        _generations[channel.Slot]++;
        _free.Push(channel.Slot);
    }
}
