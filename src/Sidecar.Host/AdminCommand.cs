using System.Net;
using Sidecar.Admin;
using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary>
/// Asks the sidecar that runs beside this process, by its admin port on loopback and never by way of a proxy; for
/// images without a shell. One line of standard error tells why it failed.
/// </summary>
internal static class AdminCommand
{
    private const int ReasonMax = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    internal static async Task<int> RunAsync(HttpMethod method, string path)
    {
        var admin = SettingsReader.ReadAdmin(new EnvironmentSource(), out var faults);
        if (CheckCommand.TellFaults(faults)) return ExitCodes.Usage;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Patience,
        };
        // A drain takes as long as the sidecar lets it; anything else answers at once or is broken.
        using var client = new HttpClient(handler)
        {
            Timeout = path == DrainAnswer.Path ? Timeout.InfiniteTimeSpan : Patience,
            MaxResponseContentBufferSize = 64 * 1024,
        };
        var reasons = new List<string>();
        foreach (var address in AdminAddresses.ToAsk(admin))
        {
            try
            {
                return await AskAsync(client, method, new Uri($"http://{address}{path}"));
            }
            catch (HttpRequestException failure)
            {
                reasons.Add($"{address}: {(failure.InnerException ?? failure).Message}");
                // Only where nobody listens: a drain must not be asked for twice.
                if (failure.HttpRequestError != HttpRequestError.ConnectionError) break;
            }
            catch (OperationCanceledException)
            {
                reasons.Add($"{address} within {Patience.TotalSeconds:F0} s");
                break;
            }
        }
        StandardStreams.Complain($"sidecar: no answer from {string.Join("; ", reasons)}");
        return ExitCodes.Failure;
    }

    private static async Task<int> AskAsync(HttpClient client, HttpMethod method, Uri url)
    {
        using var request = new HttpRequestMessage(method, url);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode && url.AbsolutePath == DrainAnswer.Path && !DrainAnswer.IsWhole(text))
        {
            StandardStreams.Complain($"sidecar: {Line(text)}");
            return ExitCodes.Failure;
        }
        if (response.IsSuccessStatusCode)
        {
            // What was asked for has been done, whether or not anybody can be told.
            StandardStreams.TryPrint(text);
            return ExitCodes.Success;
        }
        var reason = Line(text);
        StandardStreams.Complain(response.StatusCode == HttpStatusCode.ServiceUnavailable
            ? $"sidecar: not ready: {reason}"
            : $"sidecar: {url.Authority} answers {(int)response.StatusCode}: {reason}");
        return ExitCodes.Failure;
    }

    /// <summary>One line, whoever answers there.</summary>
    private static string Line(string text) =>
        string.Concat(text.Take(ReasonMax).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
