using System.Collections.Concurrent;
using System.Text;

namespace Sidecar.Fuzz.Upstream;

/// <summary>
/// Sends streams of mutated requests through the published sidecar to Node, and sets three readings of them against
/// each other: the sidecar's own, llhttp's behind it, and the plain reference's.
/// </summary>
internal sealed class UpstreamRun(string binary)
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
    private readonly ConcurrentDictionary<string, int> _digests = new();
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
        using var node = new NodeServer((request, digest) =>
        {
            _sidecarAndNode.AddRight(request);
            _referenceAndNode.AddRight(request);
            _digests.AddOrUpdate(digest, -1, (_, balance) => balance - 1);
        });
        using var sidecar = new SidecarServer(binary, await node.PortAsync(), (request, status) =>
        {
            if (status == 200) _sidecarAndNode.AddLeft(request);
            else Interlocked.Increment(ref _refused);
        });
        var endPoint = await sidecar.EndPointAsync();
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Run(async () =>
        {
            var mutator = RequestStream.NewMutator();
            while (Requests < requests && _faults.Count < FaultsMax)
            {
                var number = Interlocked.Increment(ref _streams);
                var stream = new RequestStream(mutator, number);
                if (await StreamClient.SendAsync(endPoint, stream) is { } missing) Blame(number, missing, stream);
                foreach (var (request, digest) in stream.Whole)
                {
                    _referenceAndNode.AddLeft(request);
                    _digests.AddOrUpdate(digest, 1, (_, balance) => balance + 1);
                }
                var sent = Interlocked.Add(ref _requests, stream.Count);
                if (number % 10_000 == 0 && sent > 0) report(this);
            }
        })));
        if (await sidecar.StopAsync() != 0) _faults.Enqueue("the sidecar could not drain");
        await node.StopAsync();
        Compare(node);
    }

    private void Compare(NodeServer node)
    {
        foreach (var (request, balance) in _sidecarAndNode.Differences().Take(FaultsMax))
            _faults.Enqueue($"{(balance > 0 ? "only the sidecar" : "only Node")} has read {request}");
        // What Node refused, it did not read: the reference has it more, unless its body was malformed further on.
        var missing = 0;
        foreach (var (request, balance) in _referenceAndNode.Differences())
        {
            missing += Math.Max(balance, 0);
            if (balance < 0) _faults.Enqueue($"the reference has not read {request}");
        }
        if (missing > RefusedByNode)
            _faults.Enqueue($"Node refused {RefusedByNode} requests, but the reference has {missing} more");
        if (_digests.Values.Any(balance => balance < 0)) _faults.Enqueue("Node has read a body that nobody sent");
        foreach (var (code, count) in node.Errors.Where(error => !Harmless.Contains(error.Key)))
            _faults.Enqueue($"llhttp says {code}, {count} times");
    }

    private void Blame(int number, string missing, RequestStream stream) => _faults.Enqueue(
        $"stream {number}: {missing}\n  {FuzzRun.Escape(Encoding.Latin1.GetBytes(stream.Text))}");
}
