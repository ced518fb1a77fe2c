using System.Runtime.InteropServices;

namespace Sidecar.DataPlane;

/// <summary>
/// The calls of Linux's C library that the epoll relay needs. A failed call returns -1; its cause is in
/// <see cref="Marshal.GetLastSystemError"/> right after it, so that the calls that succeed do not pay for errno.
/// </summary>
internal static unsafe partial class Libc
{
    public const int EpollIn = 0x1;
    public const int EpollOut = 0x4;
    public const int EpollError = 0x8;
    public const int EpollHangUp = 0x10;
    public const int EpollPeerShut = 0x2000;
    public const int EpollEdge = unchecked((int)0x8000_0000);
    public const int EpollAdd = 1;
    public const int ErrorInterrupted = 4;
    public const int ErrorAgain = 11;
    public const int ErrorInProgress = 115;
    public const int NoSignal = 0x4000;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x8_0000;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* interest);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    public static partial int Bind(int descriptor, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "listen")]
    public static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int Connect(int descriptor, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "accept4")]
    public static partial int Accept(int descriptor, byte* address, int* addressLength, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetOption(int descriptor, int level, int option, int* value, int valueLength);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "timerfd_create")]
    public static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime")]
    public static partial int TimerSet(int descriptor, int flags, long* setting, long* before);
}
