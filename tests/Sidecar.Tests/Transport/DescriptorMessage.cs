using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sidecar.Transport.Kernel;

namespace Sidecar.Tests.Transport;

/// <summary>Bytes with a descriptor beside them (SCM_RIGHTS, unix(7)): a read ends behind them.</summary>
internal static unsafe class DescriptorMessage
{
    private const int LevelSocket = 1, Rights = 1, HeaderBytes = 16, ControlBytes = 24;

    internal static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        using var beside = File.OpenHandle("/dev/null");
        var control = stackalloc byte[ControlBytes];
        *(nint*)control = HeaderBytes + sizeof(int);
        ((int*)control)[2] = LevelSocket;
        ((int*)control)[3] = Rights;
        ((int*)control)[4] = (int)beside.DangerousGetHandle();
        fixed (byte* start = bytes)
        {
            var part = new IoVector(start, bytes.Length);
            // struct msghdr: no name, one part, the control data, no flags.
            var message = stackalloc nint[] { 0, 0, (nint)(&part), 1, (nint)control, ControlBytes, 0 };
            Assert.Equal(bytes.Length, SendMessage((int)socket.Handle, message, 0));
        }
    }

    [DllImport("libc", EntryPoint = "sendmsg")]
    private static extern nint SendMessage(int descriptor, nint* message, int flags);
}
