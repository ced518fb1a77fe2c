using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Sidecar.Admin;

/// <summary>
/// The admin port: ordinary Kestrel on threads of its own, so that nothing here can hold up the data plane. What all
/// its clients together hold is bounded by <see cref="AdminConnections"/> and <see cref="AdminLimits"/>.
/// </summary>
public sealed class AdminServer : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly WebApplication _web;

    private AdminServer(WebApplication web) => _web = web;

    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Binds and serves, on loopback too: see <see cref="AdminAddresses"/>.</summary>
    /// <param name="listen">Port 0 takes a free one, and is then not on loopback too.</param>
    /// <param name="sources">What is shown.</param>
    /// <param name="drain">Begins the drain, and ends with the number of requests that had to be cut.</param>
    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public static async Task<AdminServer> StartAsync(IPEndPoint listen, AdminSources sources, Func<Task<int>> drain)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var addresses = AdminAddresses.ToListenOn(listen);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            AdminLimits.Apply(kestrel);
            foreach (var address in addresses) kestrel.Listen(address);
        });
        var connections = new AdminConnections(AdminLimits.ConnectionsMax);
        builder.Services.AddSingleton<IConnectionListenerFactory>(new AdminListenerFactory(connections, listen));
        var web = builder.Build();
        // Whole before the port is bound: the first request may come before the start has returned.
        var answers = new AdminAnswers(sources, drain);
        web.Run(answers.AnswerAsync);
        await web.StartAsync();
        var port = new Uri(web.Urls.First()).Port;
        return new AdminServer(web) { EndPoint = new IPEndPoint(listen.Address, port) };
    }

    /// <summary>Answers that are under way, the drain's above all, reach whoever asked.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
    }
}
