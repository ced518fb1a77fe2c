using Sidecar.Http.Responses;

namespace Sidecar.Proxy.Relay;

/// <summary>What a response has to be towards its client, and what it may be.</summary>
/// <param name="ClientIsHttp11">The client speaks HTTP/1.1; else neither interim responses nor chunks are sent.</param>
/// <param name="KeepsClient">The client's connection may carry another request.</param>
/// <param name="AsksUpgrade">The client asked for another protocol.</param>
/// <param name="QueueTicks">How long the request waited, in ticks of 100 ns; 0: not at all.</param>
/// <param name="HasPermit">It shows whether the model server makes progress.</param>
/// <param name="MayReturn">A 503 means that the model server is not there, and the request may queue again.</param>
/// <param name="MayBeFull">A 503 or 429 means that its queue is full, and the request may queue again.</param>
internal readonly record struct ResponsePlan(
    bool ClientIsHttp11, bool KeepsClient, bool AsksUpgrade, long QueueTicks = 0, bool HasPermit = false,
    bool MayReturn = false, bool MayBeFull = false)
{
    internal ResponseHeadEdits Edits =>
        new(KeepsClient, ClientIsHttp11, QueueTicks > 0 ? QueueTicks : -1, AsksUpgrade);
}
