namespace Sidecar.Configuration.Values;

/// <summary>
/// The paths by which model servers count, cancel and are controlled, and none by which they generate: an operator's
/// call must not wait behind the queue that it may be about. <c>docs/queueing.md</c> tells the engine of each.
/// </summary>
internal static class EnginePaths
{
    internal static IReadOnlyList<string> All { get; } =
    [
        "/tokenize", "/detokenize", "/v1/tokenize", "/v1/detokenize", "/chat_tokenize", "/apply-template",
        "/v1/messages/count_tokens", "/v1/responses/input_tokens", "/parse_function_call", "/separate_reasoning",

        "/v1/responses/resp_*", "/abort_request", "/abort_requests",

        "/sleep", "/wake_up", "/pause", "/resume", "/pause_generation", "/continue_generation", "/slow_down",
        "/release_memory_occupation", "/resume_memory_occupation", "/release_memory", "/resume_memory",

        "/flush_cache", "/reset_prefix_cache", "/reset_mm_cache", "/reset_encoder_cache",
        "/clear_hicache_storage_backend", "/kv_cache_events", "/slots/*",

        "/v1/load_lora_adapter", "/v1/unload_lora_adapter", "/load_lora_adapter", "/unload_lora_adapter",
        "/lora-adapters", "/models/load", "/models/unload", "/v2/repository/*",

        "/update_weight*", "/init_weight*", "/destroy_weights_update_group", "/send_weights_to_remote_instance",
        "/get_weights_by_name", "/collective_rpc", "/scale_elastic_ep", "/is_scaling_elastic_ep",

        "/open_session", "/close_session", "/props", "/set_internal_state", "/configure_logging",
        "/v2/systemsharedmemory/*", "/v2/cudasharedmemory/*", "/v2/logging", "/v2/trace/setting",

        "/start_profile", "/stop_profile", "/start_expert_distribution_record", "/stop_expert_distribution_record",
        "/dump_expert_distribution_record",
    ];
}
