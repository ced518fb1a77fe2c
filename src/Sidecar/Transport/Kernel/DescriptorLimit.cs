namespace Sidecar.Transport.Kernel;

/// <summary>
/// How many descriptors this process may have, and how many of them clients leave alone: the admin port, the health
/// probe and connections to the model server need some when clients have taken all that they get. Any thread.
/// </summary>
public static unsafe class DescriptorLimit
{
    private const int ReservedMin = 16, ReservedMax = 256, ReservedForAdmin = 8;

    /// <summary>
    /// Raises the limit as far as the system lets this process (getrlimit(2)); once, before the first connection.
    /// </summary>
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

    /// <summary>
    /// The number that no connection to the model server should reach, so that the admin port can still answer.
    /// </summary>
    internal static int FirstForAdmin => Current - ReservedForAdmin;

    /// <summary>The number that no client's descriptor should reach: the kernel gives out the lowest free.</summary>
    internal static int FirstReserved => Current - Math.Clamp(Current / 4, ReservedMin, ReservedMax);

    /// <summary>How many this process may have.</summary>
    public static int Current
    {
        get
        {
            ulong* limits = stackalloc ulong[2];
            return Libc.GetLimit(Libc.LimitFiles, limits) < 0 ? int.MaxValue : (int)Math.Min(limits[0], int.MaxValue);
        }
    }
}
