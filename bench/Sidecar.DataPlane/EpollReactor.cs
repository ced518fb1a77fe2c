using System.Runtime.InteropServices;

namespace Sidecar.DataPlane;

/// <summary>
/// One thread's epoll loop: takes a batch of events, marks their sockets, then gives each woken owner one turn. Nothing
/// here may be called from another thread.
/// </summary>
internal sealed unsafe class EpollReactor : IDisposable
{
    private const int EventsMax = 256;

    // struct epoll_event is packed on x64 and aligned elsewhere.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventBytes = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly int _epoll = Libc.EpollCreate(Libc.CloseOnExec);
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsMax * 16, pinned: true);
    private readonly Dictionary<int, Action> _levelHandlers = [];
    private EpollSocket?[] _sockets = new EpollSocket?[1024];
    private IWakeable[] _ready = new IWakeable[64];
    private int _readyCount;

    /// <summary>Calls back whenever a descriptor is readable, until it is not (a listener, a timer).</summary>
    public void Watch(int descriptor, Action onReadable)
    {
        _levelHandlers[descriptor] = onReadable;
        Register(descriptor, Libc.EpollIn);
    }

    public void Watch(EpollSocket socket)
    {
        if (socket.Descriptor >= _sockets.Length)
            Array.Resize(ref _sockets, Math.Max(_sockets.Length * 2, socket.Descriptor + 1));
        _sockets[socket.Descriptor] = socket;
        Register(socket.Descriptor, Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerShut | Libc.EpollEdge);
    }

    public void Forget(int descriptor) => _sockets[descriptor] = null;

    public void Wake(IWakeable owner)
    {
        if (owner.Queued) return;
        owner.Queued = true;
        if (_readyCount == _ready.Length) Array.Resize(ref _ready, _ready.Length * 2);
        _ready[_readyCount++] = owner;
    }

    public void Run()
    {
        fixed (byte* events = _events)
        {
            while (true)
            {
                var count = Libc.EpollWait(_epoll, events, EventsMax, -1);
                for (var i = 0; i < count; i++)
                    Deliver(events + i * EventBytes);
                RunReady();
            }
        }
    }

    public void Dispose() => _ = Libc.Close(_epoll);

    private void Deliver(byte* happened)
    {
        var descriptor = *(int*)(happened + DataOffset);
        if (_sockets[descriptor] is { } socket)
            socket.OnEvents(*(int*)happened);
        else if (_levelHandlers.TryGetValue(descriptor, out var handler))
            handler();
    }

    private void RunReady()
    {
        // Turns may wake others: those run in the same pass, for the list grows behind the index.
        for (var i = 0; i < _readyCount; i++)
        {
            var owner = _ready[i];
            owner.Queued = false;
            owner.Turn();
        }
        _readyCount = 0;
    }

    private void Register(int descriptor, int interest)
    {
        var asked = stackalloc byte[16];
        *(int*)asked = interest;
        *(long*)(asked + DataOffset) = descriptor;
        if (Libc.EpollControl(_epoll, Libc.EpollAdd, descriptor, asked) != 0)
            throw new InvalidOperationException($"epoll_ctl failed: errno {Marshal.GetLastSystemError()}");
    }
}
