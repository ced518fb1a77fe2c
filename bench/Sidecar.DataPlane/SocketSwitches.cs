namespace Sidecar.DataPlane;

/// <summary>The switches of System.Net.Sockets that make a completion run on the thread that found it.</summary>
internal static class SocketSwitches
{
    /// <summary>To be called before the process makes its first socket: the switches are read once.</summary>
    public static void Set()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
    }
}
