namespace Sidecar.Tests.Engines.Pages;

/// <summary>
/// Pages of model servers, shortened to what is around their load. llama.cpp's (b11669) was recorded from the server;
/// the others have the form of the pages in their projects' documents and issues.
/// </summary>
internal static class RecordedPages
{
    internal const string Vllm = """
        # HELP vllm:num_requests_running Number of requests in model execution batches.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B"} 41.0
        vllm:num_requests_running{engine="1",model_name="meta-llama/Llama-3.1-8B"} 39.0
        # HELP vllm:num_requests_waiting Number of requests waiting to be processed.
        # TYPE vllm:num_requests_waiting gauge
        vllm:num_requests_waiting{engine="0",model_name="meta-llama/Llama-3.1-8B"} 3.0
        vllm:num_requests_waiting{engine="1",model_name="meta-llama/Llama-3.1-8B"} 4.0
        # TYPE vllm:num_requests_waiting_by_reason gauge
        vllm:num_requests_waiting_by_reason{engine="0",model_name="a{b} c",reason="capacity"} 1.0
        vllm:num_requests_waiting_by_reason{engine="0",model_name="a{b} c",reason="deferred"} 2.0
        # TYPE vllm:kv_cache_usage_perc gauge
        vllm:kv_cache_usage_perc{engine="0",model_name="meta-llama/Llama-3.1-8B"} 0.72
        vllm:kv_cache_usage_perc{engine="1",model_name="meta-llama/Llama-3.1-8B"} 0.61
        # TYPE vllm:num_preemptions_total counter
        vllm:num_preemptions_total{engine="0",model_name="meta-llama/Llama-3.1-8B"} 5.0
        vllm:num_preemptions_total{engine="1",model_name="meta-llama/Llama-3.1-8B"} 0.0
        # TYPE vllm:generation_tokens_total counter
        vllm:generation_tokens_total{engine="0",model_name="meta-llama/Llama-3.1-8B"} 1.2345e+06
        vllm:generation_tokens_total{engine="1",model_name="meta-llama/Llama-3.1-8B"} 10.0

        """;

    internal const string Sglang = """
        # TYPE sglang:num_running_reqs gauge
        sglang:num_running_reqs{engine_type="unified",model_name="/models/Meta-Llama-3-8B-Instruct"} 12.0
        # TYPE sglang:token_usage gauge
        sglang:token_usage{engine_type="unified",model_name="/models/Meta-Llama-3-8B-Instruct"} 0.28
        # TYPE sglang:num_queue_reqs gauge
        sglang:num_queue_reqs{engine_type="unified",model_name="/models/Meta-Llama-3-8B-Instruct"} 1.0
        # TYPE sglang:generation_tokens_total counter
        sglang:generation_tokens_total{model_name="/models/Meta-Llama-3-8B-Instruct"} 7557572.0

        """;

    internal const string LlamaCpp = """
        # HELP llamacpp:n_decode_total Total number of llama_decode() calls, excluding speculative decoding
        # TYPE llamacpp:n_decode_total counter
        llamacpp:n_decode_total 1729
        # HELP llamacpp:requests_processing Number of requests processing
        # TYPE llamacpp:requests_processing gauge
        llamacpp:requests_processing 4
        # HELP llamacpp:requests_deferred Number of requests deferred
        # TYPE llamacpp:requests_deferred gauge
        llamacpp:requests_deferred 8

        """;

    internal const string TensorRtLlm = """
        # TYPE trtllm_num_requests_running gauge
        trtllm_num_requests_running{engine_type="trtllm",model_name="Qwen3"} 6.0
        # TYPE trtllm_num_requests_waiting gauge
        trtllm_num_requests_waiting{engine_type="trtllm",model_name="Qwen3"} 2.0
        # TYPE trtllm_kv_cache_utilization gauge
        trtllm_kv_cache_utilization{engine_type="trtllm",model_name="Qwen3"} 0.5

        """;

    internal const string Triton = """
        # TYPE nv_trt_llm_request_metrics gauge
        nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="waiting",version="1"} 1
        nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="context",version="1"} 1
        nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="scheduled",version="1"} 7
        nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="max",version="1"} 512
        nv_trt_llm_request_metrics{model="tensorrt_llm",request_type="active",version="1"} 8
        nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="tensorrt_llm",version="1"} 0.25
        nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="used",model="tensorrt_llm",version="1"} 1600

        """;

    internal const string Tgi = """
        # TYPE tgi_queue_size gauge
        tgi_queue_size 3
        # TYPE tgi_batch_current_size gauge
        tgi_batch_current_size 16
        # TYPE tgi_request_generated_tokens histogram
        tgi_request_generated_tokens_sum 4096
        tgi_request_generated_tokens_count 32

        """;
}
