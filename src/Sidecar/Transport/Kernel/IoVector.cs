using System.Runtime.InteropServices;

namespace Sidecar.Transport.Kernel;

/// <summary><c>struct iovec</c>, as readv(2) takes it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct IoVector(byte* start, nint length)
{
    internal readonly byte* Start = start;
    internal readonly nint Length = length;
}
