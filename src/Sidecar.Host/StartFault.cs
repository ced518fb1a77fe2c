using System.Net.Sockets;
using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary>The start cannot go on, because of one setting.</summary>
/// <param name="variable">Which.</param>
/// <param name="reason">In plain words, without the variable's name and value.</param>
/// <param name="exitCode">Of the process.</param>
internal sealed class StartFault(string variable, string reason, int exitCode) : Exception(reason)
{
    internal string Variable => variable;

    internal int ExitCode => exitCode;

    /// <summary>Makes what <paramref name="variable"/> asks for, and names it where the system refuses.</summary>
    internal static T Guard<T>(string variable, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new StartFault(variable, ListenFault.ReasonOf(failure), ExitCodes.Failure);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    internal static async Task<T> GuardAsync<T>(string variable, Func<Task<T>> make)
    {
        try
        {
            return await make();
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new StartFault(variable, ListenFault.ReasonOf(failure), ExitCodes.Failure);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    internal static Task GuardAsync(string variable, Func<Task> act) => GuardAsync(variable, async () =>
    {
        await act();
        return true;
    });
}
