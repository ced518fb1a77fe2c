using System.Globalization;
using System.Net;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>The kernel's view of connections over IPv4: <c>/proc/net/tcp</c>, as proc(5) has it.</summary>
/// <param name="LocalPort">Of the end that the line is of.</param>
/// <param name="RemotePort">Of its peer.</param>
/// <param name="State">01: established; 08: the peer has ended its direction, this end has not.</param>
/// <param name="Timer">00: none; 01: retransmission; 02: keep-alive.</param>
/// <param name="TimerSeconds">Until it runs out.</param>
internal sealed record KernelTable(int LocalPort, int RemotePort, string State, string Timer, double TimerSeconds)
{
    // The table counts in clock ticks of user space, which are 10 ms on every Linux.
    private const double TicksPerSecond = 100;

    internal static async Task<List<KernelTable>> ReadAsync()
    {
        var lines = await File.ReadAllLinesAsync("/proc/net/tcp", TestContext.Current.CancellationToken);
        return [.. lines.Skip(1).Select(Parse)];
    }

    /// <summary>The line of the end at <paramref name="local"/> towards <paramref name="remote"/>.</summary>
    internal static async Task<KernelTable> FindAsync(IPEndPoint local, EndPoint remote)
    {
        var remotePort = ((IPEndPoint)remote).Port;
        return (await ReadAsync()).Single(entry => entry.LocalPort == local.Port && entry.RemotePort == remotePort);
    }

    private static KernelTable Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var timer = fields[5].Split(':');
        return new KernelTable(Port(fields[1]), Port(fields[2]), fields[3], timer[0], Hex(timer[1]) / TicksPerSecond);
    }

    private static int Port(string address) => Hex(address.Split(':')[1]);

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
