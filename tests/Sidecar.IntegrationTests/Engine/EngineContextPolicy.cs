using System.ClientModel.Primitives;

namespace Sidecar.IntegrationTests;

/// <summary>How a user of OpenAI's .NET client names the workload: one policy in the client's pipeline.</summary>
public sealed class EngineContextPolicy(string context) : PipelinePolicy
{
    public override void Process(
        PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set("X-Workload-Context", context);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(
        PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        message.Request.Headers.Set("X-Workload-Context", context);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }
}
