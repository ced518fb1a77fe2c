using System.Runtime.InteropServices;

namespace Sidecar.Transport.Kernel;

/// <summary>The data plane's system calls, on Linux; descriptors made here do not block, and close on exec.</summary>
internal static unsafe partial class Libc
{
    internal const int Interrupted = 4, WouldBlock = 11, ConnectInProgress = 115;
    internal const int ProtocolFault = 71, ConnectionAborted = 103;
    internal const int AddressInUse = 98, AddressNotAvailable = 99, Refused = 111;
    internal const int ProcessFilesExhausted = 24, SystemFilesExhausted = 23;
    internal const int EpollIn = 0x1, EpollUrgent = 0x2, EpollOut = 0x4;
    internal const int EpollError = 0x8, EpollHangUp = 0x10, EpollPeerHangUp = 0x2000;
    internal const int EpollEdge = 1 << 31;
    internal const int EpollAdd = 1;
    internal const int CloseOnExec = 0x80000, NonBlocking = 0x800;
    internal const int MessageNoSignal = 0x4000, MessagePeek = 2;
    internal const int SocketStream = 1;
    internal const int LevelSocket = 1, OptionReuseAddress = 2, OptionError = 4, OptionReceiveBuffer = 8;
    internal const int OptionKeepAlive = 9, OptionLinger = 13, OptionPeekOffset = 42;
    internal const int LevelTcp = 6, OptionNoDelay = 1;
    internal const int OptionNotSentLow = 25;
    internal const int OptionKeepAliveIdle = 4, OptionKeepAliveInterval = 5, OptionKeepAliveCount = 6;
    internal const int ShutdownWrite = 1;
    internal const int LimitFiles = 7;
    internal const uint SendQueueLength = 0x5411, ReceiveQueueLength = 0x541B;
    internal const int LevelIpv6 = 41, OptionIpv6Only = 26;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, byte* description);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, byte* events, int eventsMax, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "readv", SetLastError = true)]
    internal static partial nint ReadVector(int descriptor, IoVector* parts, int count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(int listener, byte* address, int* addressLength, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int descriptor, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int descriptor, byte* address, int addressLength);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    internal static partial int Listen(int descriptor, int backlog);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetName(int descriptor, byte* address, int* addressLength);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Control(int descriptor, nuint request, int* value);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(int* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    internal static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SetSignal(int signal, nint action);

    internal static void IgnorePipeSignal()
    {
        const int pipe = 13, ignore = 1;
        SetSignal(pipe, ignore);
    }

    /// <summary>Whether bytes wait to be received, or a connection to be accepted.</summary>
    internal static bool IsReadable(int descriptor)
    {
        const short input = 1;
        // struct pollfd: the descriptor, then the events that are asked for and those that there are.
        var entry = stackalloc int[2];
        entry[0] = descriptor;
        ((short*)entry)[2] = input;
        return Poll(entry, 1, 0) > 0;
    }

    /// <summary>A stream socket for a sockaddr: non-blocking, closed on exec; negative when there is none.</summary>
    internal static int StreamSocket(ReadOnlySpan<byte> address) =>
        Socket(FamilyOf(address), SocketStream | NonBlocking | CloseOnExec, 0);

    /// <summary>A sockaddr's first two bytes, in the kernel's numbers and the host's byte order.</summary>
    internal static ushort FamilyOf(ReadOnlySpan<byte> address) => BitConverter.ToUInt16(address);

    internal static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>An error's number in words, such as "Connection refused".</summary>
    internal static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    internal static void SetOption(int descriptor, int level, int option, int value) =>
        SetOption(descriptor, level, option, &value, sizeof(int));

    /// <summary>Throws what the kernel said when a call that only fails for want of resources has failed; its number is
    /// the exception's <c>HResult</c>.</summary>
    /// <param name="result">What the call returned.</param>
    /// <param name="call">The call's name.</param>
    /// <param name="place">What the call was about; made a text only here, since that may make calls whose errors would
    /// be taken for this one's.</param>
    internal static int Check(int result, string call, object? place = null)
    {
        if (result >= 0) return result;
        var error = LastError;
        throw new IOException($"{call}{place}: {Describe(error)}", error);
    }
}
