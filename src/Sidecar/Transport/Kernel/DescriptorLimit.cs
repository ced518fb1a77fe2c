namespace Sidecar.Transport.Kernel;

/// <summary>The limit of this process's descriptors, and those that clients leave free: the admin port, the health
/// probe and connections to the model server need some when clients have taken all that they get. Any thread.</summary>
public static unsafe class DescriptorLimit
{
    private const int ReservedMin = 16, ReservedMax = 256, ReservedForAdmin = 8;

    /// <summary>Raises the limit to the hard one (getrlimit(2)); once, before the first connection.</summary>
    /// <returns>The limit from now on.</returns>
    public static int Raise()
    {
        // struct rlimit: the soft limit, then the hard one, each in the machine's word.
        ulong* limits = stackalloc ulong[2];
        if (Libc.GetLimit(Libc.LimitFiles, limits) < 0) return int.MaxValue;
        limits[0] = limits[1];
        Libc.SetLimit(Libc.LimitFiles, limits);
        return Current;
    }

    /// <summary>Connections to the model server stay below this number: the admin port can still answer.</summary>
    internal static int FirstForAdmin => Current - ReservedForAdmin;

    /// <summary>Clients' descriptors stay below this number: the kernel gives out the lowest that is free.</summary>
    internal static int FirstReserved => Current - Math.Clamp(Current / 4, ReservedMin, ReservedMax);

    /// <summary>The limit that holds now.</summary>
    public static int Current
    {
        get
        {
            ulong* limits = stackalloc ulong[2];
            return Libc.GetLimit(Libc.LimitFiles, limits) < 0 ? int.MaxValue : (int)Math.Min(limits[0], int.MaxValue);
        }
    }
}
