using Sidecar.Tests.Proxy;

namespace Sidecar.IntegrationTests.Harness;

/// <summary>One request as it reached the model server.</summary>
/// <param name="Peer">The connection it came on; for sending only.</param>
/// <param name="Request">Head and body.</param>
/// <param name="Closed">Ends when the connection does.</param>
internal sealed record Arrival(TestPeer Peer, string Request, Task Closed)
{
    internal string Body => Request[(Request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    internal Task AnswerAsync(string answer = Requests.Ok) => Peer.SendAsync(answer);
}
