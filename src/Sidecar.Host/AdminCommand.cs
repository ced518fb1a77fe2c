using System.Net;
using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary>Asks the sidecar that runs beside this process, by its admin port; for images without a shell.</summary>
internal static class AdminCommand
{
    internal static async Task<int> RunAsync(HttpMethod method, string path)
    {
        var admin = SettingsReader.ReadAdmin(new EnvironmentSource(), out var faults);
        if (CheckCommand.TellFaults(faults)) return ExitCodes.Usage;
        var address = admin.Address.Equals(IPAddress.Any) || admin.Address.Equals(IPAddress.IPv6Any)
            ? IPAddress.Loopback
            : admin.Address;
        // A drain takes as long as the sidecar lets it; anything else answers at once or is broken.
        var patience = method == HttpMethod.Post ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(2);
        using var client = new HttpClient { Timeout = patience };
        try
        {
            var url = new UriBuilder("http", $"{address}", admin.Port, path).Uri;
            using var request = new HttpRequestMessage(method, url);
            using var response = await client.SendAsync(request);
            Console.Write(await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            Console.Error.WriteLine($"sidecar: no answer from {address}:{admin.Port}: {failure.Message}");
            return ExitCodes.Failure;
        }
    }
}
