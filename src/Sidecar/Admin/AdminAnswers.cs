using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sidecar.Admin;

/// <summary>What each path of the admin port answers. Used by many requests at once.</summary>
internal sealed class AdminAnswers(AdminSources sources, Func<Task<int>> drain)
{
    private readonly MetricsPage _metrics = new(sources);

    internal async Task AnswerAsync(HttpContext context)
    {
        var connection = context.Features.Get<AdminConnection>();
        connection?.Begin();
        try
        {
            await RouteAsync(context, connection);
        }
        finally
        {
            connection?.End();
        }
    }

    private Task RouteAsync(HttpContext context, AdminConnection? connection)
    {
        var path = context.Request.Path.Value;
        if (path == "/drain") return DrainAsync(context, connection);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return NotAllowedAsync(context, "GET, HEAD");
        return path switch
        {
            "/healthz" => TextAsync(context, StatusCodes.Status200OK, "ok\n"),
            "/readyz" => ReadyAsync(context),
            "/metrics" => PageAsync(context, "text/plain; version=0.0.4; charset=utf-8", _metrics.WriteAsync),
            "/debug/queue" => PageAsync(context, "application/json",
                body => QueuePage.WriteAsync(sources.Gate.Snapshot(), sources.Limit?.Reason, body)),
            _ => TextAsync(context, StatusCodes.Status404NotFound, "/healthz /readyz /metrics /debug/queue /drain\n"),
        };
    }

    private Task ReadyAsync(HttpContext context)
    {
        var complaint = sources.Engine.Complaint;
        var reason = sources.State.Draining ? "draining\n"
            : complaint is null ? null
            : $"the model server is not healthy: {complaint}\n";
        return reason is null
            ? TextAsync(context, StatusCodes.Status200OK, "ready\n")
            : TextAsync(context, StatusCodes.Status503ServiceUnavailable, reason);
    }

    private async Task DrainAsync(HttpContext context, AdminConnection? connection)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await NotAllowedAsync(context, "POST");
            return;
        }
        if (LoopbackOnly.FaultOf(context) is { } fault)
        {
            await TextAsync(context, StatusCodes.Status403Forbidden, $"from this pod only: {fault}\n");
            return;
        }
        connection?.Hold();
        await TextAsync(context, StatusCodes.Status200OK, DrainAnswer.Of(await drain()));
    }

    /// <summary>RFC 9110 section 15.5.6: a 405 tells what is allowed.</summary>
    private static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return TextAsync(context, StatusCodes.Status405MethodNotAllowed, $"{allowed} only\n");
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return PageAsync(context, "text/plain; charset=utf-8", body =>
        {
            Encoding.UTF8.GetBytes(text, body.Output);
            return Task.CompletedTask;
        });
    }

    private static async Task PageAsync(HttpContext context, string type, Func<PageBody, Task> write)
    {
        context.Response.ContentType = type;
        using var body = new PageBody(context);
        await write(body);
        await body.EndAsync();
    }
}
