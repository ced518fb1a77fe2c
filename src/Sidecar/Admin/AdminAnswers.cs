using System.Text;
using Microsoft.AspNetCore.Http;
using Sidecar.Admission;
using Sidecar.Admission.Plans;

namespace Sidecar.Admin;

/// <summary>What each path of the admin port answers. Used by many requests at once.</summary>
internal sealed class AdminAnswers(AdminSources sources, Func<Task<int>> drain)
{
    private readonly MetricsPage _metrics = new(sources);
    private readonly Lock _modeLock = new();

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
        if (path == DrainAnswer.Path) return DrainAsync(context, connection);
        if (path == "/mode" && HttpMethods.IsPost(context.Request.Method)) return SetModeAsync(context);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return NotAllowedAsync(context, path == "/mode" ? "GET, HEAD, POST" : "GET, HEAD");
        return path switch
        {
            "/healthz" => TextAsync(context, StatusCodes.Status200OK, "ok\n"),
            "/readyz" => ReadyAsync(context),
            "/metrics" => PageAsync(context, "text/plain; version=0.0.4; charset=utf-8", _metrics.WriteAsync),
            "/mode" => TextAsync(context, StatusCodes.Status200OK, $"{ModeAnswer.Of(sources.Gate.Plan)}\n"),
            "/debug/queue" => PageAsync(context, "application/json",
                body => QueuePage.WriteAsync(sources.Gate, sources.Limit?.Reason, body)),
            _ => TextAsync(
                context, StatusCodes.Status404NotFound, "/healthz /readyz /metrics /debug/queue /mode /drain\n"),
        };
    }

    private Task ReadyAsync(HttpContext context)
    {
        var complaint = sources.Engine.Complaint;
        var reason = sources.State.Draining ? "draining\n"
            : sources is { StallTurnsReadiness: true, Stall.IsStalled: true }
                ? "the model server is stuck: it makes no progress\n"
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
        if (await IsForbiddenAsync(context)) return;
        connection?.Hold();
        await TextAsync(context, StatusCodes.Status200OK, DrainAnswer.Of(await drain()));
    }

    private async Task SetModeAsync(HttpContext context)
    {
        if (await IsForbiddenAsync(context)) return;
        var (before, fault) = (default(GatePlan), default(string));
        GatePlan plan;
        lock (_modeLock)
        {
            plan = before = sources.Gate.Plan;
            fault = ModeAnswer.FaultOf(context.Request.Query, ref plan);
            if (fault is null) sources.Gate.SetPlan(plan);
        }
        if (fault is not null)
        {
            await TextAsync(context, StatusCodes.Status400BadRequest, $"{fault}\n");
            return;
        }
        sources.Instruments.ModeChanges.Add();
        sources.Log.Info("mode-changed", ("from", ModeAnswer.Of(before)), ("to", ModeAnswer.Of(plan)));
        await TextAsync(context, StatusCodes.Status200OK, $"{ModeAnswer.Of(plan)}\n");
    }

    private static async Task<bool> IsForbiddenAsync(HttpContext context)
    {
        if (LoopbackOnly.FaultOf(context) is not { } fault) return false;
        await TextAsync(context, StatusCodes.Status403Forbidden, $"from this pod only: {fault}\n");
        return true;
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
