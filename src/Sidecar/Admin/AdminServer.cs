using System.Net;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Admin;

/// <summary>
/// The admin port: ordinary Kestrel on threads of its own, so that nothing here can hold up the data plane.
/// </summary>
public sealed class AdminServer : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly WebApplication _web;
    private readonly AdminSources _sources;
    private readonly Func<Task> _drain;
    private readonly MetricsPage _metrics;

    private AdminServer(WebApplication web, AdminSources sources, Func<Task> drain)
    {
        (_web, _sources, _drain) = (web, sources, drain);
        _metrics = new MetricsPage(sources);
    }

    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Binds and serves.</summary>
    /// <param name="listen">Port 0 takes a free one.</param>
    /// <param name="sources">What is shown.</param>
    /// <param name="drain">Begins the drain, and ends when nothing is queued or in flight.</param>
    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public static async Task<AdminServer> StartAsync(IPEndPoint listen, AdminSources sources, Func<Task> drain)
    {
        const int connectionsMax = 256;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = connectionsMax;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(listen);
        });
        var web = builder.Build();
        AdminServer? server = null;
        web.Run(context => server!.AnswerAsync(context));
        await web.StartAsync();
        var port = new Uri(web.Urls.First()).Port;
        return server = new AdminServer(web, sources, drain) { EndPoint = new IPEndPoint(listen.Address, port) };
    }

    /// <summary>Answers that are under way, the drain's above all, reach whoever asked.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _web.StopAsync(patience.Token);
        await _web.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path == "/drain") return DrainAsync(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return TextAsync(context, StatusCodes.Status405MethodNotAllowed, "GET only\n");
        return path switch
        {
            "/healthz" => TextAsync(context, StatusCodes.Status200OK, "ok\n"),
            "/readyz" => ReadyAsync(context),
            "/metrics" => PageAsync(context, "text/plain; version=0.0.4; charset=utf-8", _metrics.Write),
            "/debug/queue" => PageAsync(context, "application/json",
                output => QueuePage.Write(_sources.Gate.Snapshot(), output)),
            _ => TextAsync(context, StatusCodes.Status404NotFound, "/healthz /readyz /metrics /debug/queue /drain\n"),
        };
    }

    private Task ReadyAsync(HttpContext context)
    {
        var state = _sources.State;
        var complaint = _sources.Engine.Complaint;
        var reason = state.Draining ? "draining\n"
            : complaint is null ? null
            : $"the model server is not healthy: {complaint}\n";
        return reason is null
            ? TextAsync(context, StatusCodes.Status200OK, "ready\n")
            : TextAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
    }

    private async Task DrainAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await TextAsync(context, StatusCodes.Status405MethodNotAllowed, "POST only\n");
            return;
        }
        if (!LoopbackOnly.Allows(context))
        {
            await TextAsync(context, StatusCodes.Status403Forbidden, "from this pod only\n");
            return;
        }
        await _drain();
        await TextAsync(context, StatusCodes.Status200OK, "drained\n");
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text);
    }

    private static async Task PageAsync(
        HttpContext context, string type, Action<System.Buffers.IBufferWriter<byte>> write)
    {
        using var page = new ArrayPoolBufferWriter<byte>();
        write(page);
        context.Response.ContentType = type;
        context.Response.ContentLength = page.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(page.WrittenMemory);
    }
}
