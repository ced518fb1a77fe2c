using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sidecar.Transport.Kernel;

/// <summary>A buffer of <c>struct epoll_event</c>, whose layout depends on the processor: 12 packed bytes on x86-64, 16
/// aligned ones elsewhere (epoll_event(3type)). Pinned for its whole life; used by one thread.</summary>
internal sealed unsafe class EpollEvents
{
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventBytes = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly byte[] _bytes;

    internal EpollEvents(int capacity)
    {
        _bytes = GC.AllocateArray<byte>(capacity * EventBytes, pinned: true);
        Start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);
    }

    internal byte* Start { get; }

    internal int Flags(int index) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(index * EventBytes));

    internal long Data(int index) =>
        BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(index * EventBytes + DataOffset));

    /// <summary>Registers a descriptor; <paramref name="data"/> comes back with each of its events.</summary>
    internal static void Add(int epoll, int descriptor, int flags, long data)
    {
        byte* description = stackalloc byte[16];
        var bytes = new Span<byte>(description, 16);
        bytes.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, flags);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[DataOffset..], data);
        Libc.Check(Libc.EpollControl(epoll, Libc.EpollAdd, descriptor, description), "epoll_ctl");
    }
}
