using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sidecar.DataPlane;

/// <summary>The first candidate: Kestrel's socket transport and its pipes, below Kestrel's HTTP.</summary>
internal sealed class KestrelRelay(KestrelPool pool) : ConnectionHandler
{
    public static async Task RunAsync(int listenPort, int upstreamPort)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(options =>
        {
            options.UnsafePreferInlineScheduling = true;
            options.IOQueueCount = 0;
            options.WaitForDataBeforeAllocatingBuffer = false;
            options.Backlog = 1024;
        });
        builder.WebHost.ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, listenPort, listen => listen.UseConnectionHandler<KestrelRelay>()));
        builder.Services.AddSingleton(new KestrelPool(new IPEndPoint(IPAddress.Loopback, upstreamPort)));
        builder.Services.AddSingleton<KestrelRelay>();
        await builder.Build().RunAsync();
    }

    public override async Task OnConnectedAsync(ConnectionContext downstream)
    {
        var request = new PipeFlow(response: false);
        var response = new PipeFlow(response: true);
        ConnectionContext? upstream = null;
        try
        {
            do
            {
                var (input, output) = (downstream.Transport.Input, downstream.Transport.Output);
                while (!request.TryHead(input, await input.ReadAsync()))
                {
                }
                upstream = pool.TryRent() ?? await pool.ConnectAsync();
                request.WriteHead(upstream.Transport.Output);
                await upstream.Transport.Output.FlushAsync();
                while (!request.Ended)
                {
                    request.Relay(input, await input.ReadAsync(), upstream.Transport.Output);
                    await upstream.Transport.Output.FlushAsync();
                }
                input = upstream.Transport.Input;
                while (!response.TryHead(input, await input.ReadAsync()))
                {
                }
                response.WriteHead(output);
                await output.FlushAsync();
                while (!response.Ended)
                {
                    response.Relay(input, await input.ReadAsync(), output);
                    await output.FlushAsync();
                }
                if (!response.KeepAlive) return;
                pool.Return(upstream);
                upstream = null;
            }
            while (request.KeepAlive);
        }
        catch (Exception fault) when (fault is ConnectionResetException or IOException or InvalidDataException)
        {
            // The other side left, or spoke no HTTP: both connections end below.
        }
        finally
        {
            if (upstream is not null) await upstream.DisposeAsync();
        }
    }
}
