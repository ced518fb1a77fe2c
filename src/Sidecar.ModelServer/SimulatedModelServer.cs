using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Sidecar.ModelServer;

/// <summary>
/// A model server without a model: OpenAI's API over an engine that takes its time as real ones do, and says nonsense.
/// For a first look, and as the upstream of tests; deterministic under its seed. Safe from any thread.
/// </summary>
public sealed class SimulatedModelServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly Engine _engine;
    private readonly ModelServerOptions _options;
    private readonly CompletionEndpoint _completions;

    private SimulatedModelServer(WebApplication web, Engine engine, ModelServerOptions options, TimeProvider time)
    {
        (_web, _engine, _options) = (web, engine, options);
        _completions = new CompletionEndpoint(engine, options, time);
    }

    /// <summary>Where the server really listens: with the port that the kernel has chosen.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Binds and serves.</summary>
    /// <param name="options">What is simulated.</param>
    /// <param name="listen">Port 0 takes a free one.</param>
    /// <param name="time">In which the engine works.</param>
    /// <exception cref="IOException">The address is in use or not this machine's.</exception>
    public static async Task<SimulatedModelServer> StartAsync(
        ModelServerOptions options, IPEndPoint listen, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
            kestrel.Listen(listen);
        });
        var web = builder.Build();
        // Before it listens: a client on a port that was known before may be quick.
        var server = new SimulatedModelServer(web, new Engine(options, time), options, time);
        web.Run(server.AnswerAsync);
        await web.StartAsync();
        server.EndPoint = new IPEndPoint(listen.Address, new Uri(web.Urls.First()).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left; its sequence was aborted.
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        return (method, path) switch
        {
            ("POST", "/v1/chat/completions") => _completions.AnswerAsync(context, isChat: true),
            ("POST", "/v1/completions") => _completions.AnswerAsync(context, isChat: false),
            ("GET", "/v1/models") => ModelsAsync(context),
            ("GET", "/health") => Answers.JsonAsync(context, StatusCodes.Status200OK, _ => { }),
            ("GET", "/metrics") => MetricsAsync(context),
            (_, "/v1/chat/completions" or "/v1/completions" or "/v1/models" or "/health" or "/metrics") =>
                Answers.ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, "The method is not allowed."),
            _ => Answers.ErrorAsync(context, StatusCodes.Status404NotFound, "There is nothing at this path."),
        };
    }

    private Task ModelsAsync(HttpContext context) => Answers.JsonAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("id", _options.Model);
        json.WriteString("object", "model");
        json.WriteNumber("created", 0);
        json.WriteString("owned_by", "sidecar");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private Task MetricsAsync(HttpContext context)
    {
        var figures = _engine.Figures;
        var label = $"{{model_name=\"{_options.Model}\"}}";
        // A cache that holds the longest answer in every slot.
        var used = Math.Min(1, figures.HeldTokens / ((double)_options.Slots * _options.TokensMax));
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            # HELP vllm:num_requests_running Number of requests in model execution batches.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{label} {figures.Running}
            # HELP vllm:num_requests_waiting Number of requests waiting to be processed.
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{label} {figures.Waiting}
            # HELP vllm:kv_cache_usage_perc KV-cache usage. 1 means 100 percent usage.
            # TYPE vllm:kv_cache_usage_perc gauge
            vllm:kv_cache_usage_perc{label} {used}
            # HELP vllm:prompt_tokens_total Number of prefill tokens processed.
            # TYPE vllm:prompt_tokens_total counter
            vllm:prompt_tokens_total{label} {figures.PromptTokens}
            # HELP vllm:generation_tokens_total Number of generation tokens processed.
            # TYPE vllm:generation_tokens_total counter
            vllm:generation_tokens_total{label} {figures.GeneratedTokens}

            """));
    }
}
