using System.Text;

namespace Sidecar.Engines.Pages;

/// <summary>The table of what model servers tell, as of 2026. Immutable.</summary>
/// <remarks>
/// vLLM and TGI tell it as they come; SGLang with --enable-metrics, llama.cpp with --metrics, trtllm-serve under
/// /prometheus/metrics with enable_iter_perf_stats.
/// </remarks>
internal sealed class EngineSeries
{
    private readonly byte[] _name;
    private readonly byte[] _label;

    private EngineSeries(string engine, SeriesRole role, string name, string label = "") =>
        (Engine, Role, _name, _label) = (engine, role, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(label));

    internal static EngineSeries[] All { get; } =
    [
        new("vLLM", SeriesRole.Running, "vllm:num_requests_running"),
        new("vLLM", SeriesRole.Waiting, "vllm:num_requests_waiting"),
        new("vLLM", SeriesRole.Deferred, "vllm:num_requests_waiting_by_reason", "reason=\"deferred\""),
        new("vLLM", SeriesRole.CacheUsage, "vllm:kv_cache_usage_perc"),
        new("vLLM", SeriesRole.CacheUsage, "vllm:gpu_cache_usage_perc"),
        new("vLLM", SeriesRole.Preemptions, "vllm:num_preemptions_total"),
        new("vLLM", SeriesRole.Progress, "vllm:generation_tokens_total"),
        new("SGLang", SeriesRole.Running, "sglang:num_running_reqs"),
        new("SGLang", SeriesRole.Waiting, "sglang:num_queue_reqs"),
        new("SGLang", SeriesRole.CacheUsage, "sglang:token_usage"),
        new("SGLang", SeriesRole.Progress, "sglang:generation_tokens_total"),
        new("llama.cpp", SeriesRole.Running, "llamacpp:requests_processing"),
        new("llama.cpp", SeriesRole.Waiting, "llamacpp:requests_deferred"),
        new("llama.cpp", SeriesRole.Progress, "llamacpp:n_decode_total"),
        new("TensorRT-LLM", SeriesRole.Running, "trtllm_num_requests_running"),
        new("TensorRT-LLM", SeriesRole.Waiting, "trtllm_num_requests_waiting"),
        new("TensorRT-LLM", SeriesRole.CacheUsage, "trtllm_kv_cache_utilization"),
        new("Triton", SeriesRole.Running, "nv_trt_llm_request_metrics", "request_type=\"scheduled\""),
        new("Triton", SeriesRole.Waiting, "nv_trt_llm_request_metrics", "request_type=\"waiting\""),
        new("Triton", SeriesRole.CacheUsage, "nv_trt_llm_kv_cache_block_metrics", "kv_cache_block_type=\"fraction\""),
        new("TGI", SeriesRole.Running, "tgi_batch_current_size"),
        new("TGI", SeriesRole.Waiting, "tgi_queue_size"),
        new("TGI", SeriesRole.Progress, "tgi_request_generated_tokens_sum"),
    ];

    internal string Engine { get; }

    internal SeriesRole Role { get; }

    /// <summary>A sample is of this series: its name is, and among its labels is the one that is asked for.</summary>
    /// <param name="name">Of the sample.</param>
    /// <param name="labels">Between the braces.</param>
    internal bool Holds(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels) =>
        name.SequenceEqual(_name) && (_label.Length == 0 || labels.IndexOf(_label) >= 0);
}
