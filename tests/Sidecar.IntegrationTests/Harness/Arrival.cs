
namespace Sidecar.IntegrationTests.Harness;

/// <summary>One request as it reached the model server.</summary>
/// <param name="Peer">The connection it came on; for sending only.</param>
/// <param name="Request">Head and body; the head alone where the model server reads no bodies.</param>
/// <param name="Closed">Ends when the connection does, once everything before that has been read.</param>
/// <param name="ReadOn">Has a model server that stopped behind the head read and discard what follows.</param>
internal sealed record Arrival(TestPeer Peer, string Request, Task Closed, Action ReadOn)
{
    internal string Head => Request[..(Request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];

    internal string Body => Request[(Request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    internal Task AnswerAsync(string answer = Requests.Ok) => Peer.SendAsync(answer);
}
