using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sidecar.Demo;

/// <summary>A model server that does nothing but tell in which order requests reach it, and answers each when told to.
/// So the demonstration's order depends on no timing. Safe for any number of requests at once.</summary>
public sealed class HeldUpstream : IAsyncDisposable
{
    public const string NameField = "X-Demo-Request";

    private readonly WebApplication _app;
    private readonly Channel<HeldRequest> _reached = Channel.CreateBounded<HeldRequest>(1024);
    private volatile bool _holding;

    private HeldUpstream(WebApplication app) => _app = app;

    /// <summary>While false every request is answered at once.</summary>
    public bool Holding
    {
        get => _holding;
        set => _holding = value;
    }

    public string Address => new Uri(_app.Urls.First()).Authority;

    public static async Task<HeldUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var upstream = new HeldUpstream(builder.Build());
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync();
        return upstream;
    }

    /// <returns>The next request in the order in which they reached the model server.</returns>
    public async Task<HeldRequest> NextAsync(CancellationToken stop) => await _reached.Reader.ReadAsync(stop);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && _holding)
        {
            var request = new HeldRequest(context.Request.Headers[NameField].ToString());
            await _reached.Writer.WriteAsync(request, context.RequestAborted);
            await request.Released.WaitAsync(context.RequestAborted);
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("{}", context.RequestAborted);
    }
}
