using Sidecar.Http.Responses;

namespace Sidecar.Proxy.Relay;

/// <summary>What a response has to be towards its client, and what it may be.</summary>
/// <param name="ClientIsHttp11">Else neither interim responses nor chunks are sent.</param>
/// <param name="KeepsClient">The client's connection may carry another request.</param>
/// <param name="QueueTicks">How long the request waited; 0: not at all.</param>
/// <param name="AsksUpgrade">The client asked for another protocol.</param>
/// <param name="TakesRefusal">A 503 means that the model server is not there, and the request can wait for it.</param>
internal readonly record struct ResponsePlan(
    bool ClientIsHttp11, bool KeepsClient, long QueueTicks, bool AsksUpgrade, bool TakesRefusal)
{
    internal ResponseHeadEdits Edits =>
        new(KeepsClient, ClientIsHttp11, QueueTicks > 0 ? QueueTicks : -1, AsksUpgrade);
}
