using System.Net;
using System.Net.Sockets;
using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary>Asks the sidecar that runs beside this process, by its admin port; for images without a shell.</summary>
internal static class AdminCommand
{
    internal static async Task<int> RunAsync(HttpMethod method, string path)
    {
        var values = SettingsReader.Read(new EnvironmentSource());
        if (values.Admin is not { } admin) return CheckCommand.TellFaults(values) ? ExitCodes.Usage : ExitCodes.Failure;
        var address = admin.Address.Equals(IPAddress.Any) || admin.Address.Equals(IPAddress.IPv6Any)
            ? IPAddress.Loopback
            : admin.Address;
        using var client = new HttpClient { Timeout = Patience(method, values) };
        try
        {
            using var request = new HttpRequestMessage(method, new UriBuilder("http", $"{address}", admin.Port, path).Uri);
            using var response = await client.SendAsync(request);
            Console.Write(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or OperationCanceledException)
        {
            Console.Error.WriteLine($"sidecar: no answer from {address}:{admin.Port}: {failure.Message}");
            return ExitCodes.Failure;
        }
    }

    /// <summary>A drain takes as long as it may; anything else answers at once or is broken.</summary>
    private static TimeSpan Patience(HttpMethod method, SettingsReading values)
    {
        const int secondsMin = 2;
        var drain = method == HttpMethod.Post ? values.Settings?.DrainTimeout ?? TimeSpan.FromMinutes(1) : TimeSpan.Zero;
        return drain + TimeSpan.FromSeconds(secondsMin);
    }
}
