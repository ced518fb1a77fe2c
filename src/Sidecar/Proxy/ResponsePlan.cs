using Sidecar.Http;

namespace Sidecar.Proxy;

/// <summary>What a response has to be towards its client.</summary>
/// <param name="ClientIsHttp11">Else neither interim responses nor chunks are sent.</param>
/// <param name="KeepsClient">The client's connection may carry another request.</param>
/// <param name="QueueTicks">How long the request waited; 0: not at all.</param>
internal readonly record struct ResponsePlan(bool ClientIsHttp11, bool KeepsClient, long QueueTicks)
{
    internal ResponseHeadEdits Edits => new(KeepsClient, ClientIsHttp11, QueueTicks > 0 ? QueueTicks : -1);
}
