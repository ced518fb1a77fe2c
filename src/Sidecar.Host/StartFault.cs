using System.Net.Sockets;
using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary>The start cannot go on, because of one setting.</summary>
/// <param name="setting">Which.</param>
/// <param name="reason">In plain words, without the setting's name and value.</param>
/// <param name="exitCode">Of the process.</param>
internal sealed class StartFault(Setting setting, string reason, int exitCode) : Exception(reason)
{
    internal Setting Setting => setting;

    internal int ExitCode => exitCode;

    /// <summary>Makes what <paramref name="setting"/> asks for, and names it where the system refuses.</summary>
    internal static T Guard<T>(Setting setting, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new StartFault(setting, ListenFault.ReasonOf(failure), ExitCodes.Failure);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    internal static async Task<T> GuardAsync<T>(Setting setting, Func<Task<T>> make)
    {
        try
        {
            return await make();
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new StartFault(setting, ListenFault.ReasonOf(failure), ExitCodes.Failure);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    internal static Task GuardAsync(Setting setting, Func<Task> act) => GuardAsync(setting, async () =>
    {
        await act();
        return true;
    });
}
