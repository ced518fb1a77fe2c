using System.Collections.Concurrent;
using System.Text;

namespace Sidecar.Fuzz.Upstream;

/// <summary>
/// Sends streams of mutated requests through the published sidecar to Node, and sets three readings of them against
/// each other: the sidecar's own, llhttp's behind it, and the plain reference's.
/// </summary>
/// <param name="binary">The published sidecar.</param>
/// <param name="seed">The same seed gives the same streams.</param>
internal sealed class UpstreamRun(string binary, int seed = 1)
{
    private const int Parallel = 48, FaultsMax = 10;

    /// <summary>
    /// What llhttp may refuse: it knows a fixed list of methods and is narrower about targets; and what was broken off.
    /// Everything else would be a message that the sidecar should not have sent.
    /// </summary>
    private static readonly string[] Harmless =
        ["HPE_INVALID_METHOD", "HPE_INVALID_URL", "HPE_INVALID_EOF_STATE", "ECONNRESET", "EPIPE"];

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Tally _sidecarAndNode = new(), _referenceAndNode = new();
    private readonly ConcurrentDictionary<(string Method, string Target), int> _refusals = new();
    private int _requests;
    private int _streams;
    private long _refused;

    internal int Requests => Volatile.Read(ref _requests);

    internal long ReadByNode => _sidecarAndNode.Right;

    internal long ReadBySidecar => _sidecarAndNode.Left;

    /// <summary>Requests that Node refused for their method or target.</summary>
    internal long RefusedByNode => Volatile.Read(ref _refused);

    internal IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Ends when at least so many requests were sent and all readings compared.</summary>
    /// <param name="requests">Before mutation.</param>
    /// <param name="report">Told of the progress now and then.</param>
    internal async Task RunAsync(int requests, Action<UpstreamRun> report)
    {
        using var node = new NodeServer(request =>
        {
            // The sidecar's log tells no digests.
            _sidecarAndNode.AddRight(request with { Digest = "" });
            _referenceAndNode.AddRight(request);
        });
        await using var sidecar = await SidecarServer.StartAsync(binary, await node.PortAsync(), (request, status) =>
        {
            if (status == 200)
            {
                _sidecarAndNode.AddLeft(request);
                return;
            }
            Interlocked.Increment(ref _refused);
            _refusals.AddOrUpdate((request.Method, request.Target), 1, (_, count) => count + 1);
        });
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(async () =>
        {
            var mutator = RequestStream.NewMutator();
            while (Requests < requests && _faults.Count < FaultsMax)
            {
                var number = Interlocked.Increment(ref _streams);
                var stream = new RequestStream(mutator, seed, number);
                // Its requests could not be told apart; the fuzzing of the parsers reaches them.
                if (!stream.IsLoggedInFull) continue;
                if (await StreamClient.SendAsync(sidecar.Data, stream) is { } missing) Blame(number, missing, stream);
                foreach (var request in stream.Whole) _referenceAndNode.AddLeft(request);
                var sent = Interlocked.Add(ref _requests, stream.Count);
                if (number % 10_000 == 0 && sent > 0) report(this);
            }
        })));
        sidecar.Terminate();
        if (await sidecar.ExitAsync() != 0) _faults.Enqueue("the sidecar could not drain");
        await node.StopAsync();
        Compare(node);
    }

    private void Compare(NodeServer node)
    {
        foreach (var (request, balance) in _sidecarAndNode.Differences().Take(FaultsMax))
            _faults.Enqueue($"{(balance > 0 ? "only the sidecar" : "only Node")} has read {request}");
        foreach (var (request, balance) in _referenceAndNode.Differences())
        {
            // What Node refused, it did not read.
            if (balance < 0) _faults.Enqueue($"the reference has not read {request}");
            else if (_refusals.GetValueOrDefault((request.Method, request.Target)) < balance)
                _faults.Enqueue($"Node has neither read nor refused {request}");
        }
        foreach (var (code, count) in node.Errors.Where(error => !Harmless.Contains(error.Key)))
            _faults.Enqueue($"llhttp says {code}, {count} times");
    }

    private void Blame(int number, string missing, RequestStream stream) => _faults.Enqueue(
        $"stream {number}: {missing}\n  {FuzzRun.Escape(Encoding.Latin1.GetBytes(stream.Text))}");
}
