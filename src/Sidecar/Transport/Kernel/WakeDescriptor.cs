namespace Sidecar.Transport.Kernel;

/// <summary>An eventfd that ends a reactor's wait; may be woken from any thread.</summary>
internal sealed unsafe class WakeDescriptor : IDisposable
{
    internal int Descriptor { get; } =
        Libc.Check(Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd");

    internal void Wake()
    {
        long one = 1;
        Libc.Write(Descriptor, (byte*)&one, sizeof(long));
    }

    internal void Clear()
    {
        long count;
        Libc.Read(Descriptor, (byte*)&count, sizeof(long));
    }

    public void Dispose() => Libc.Close(Descriptor);
}
