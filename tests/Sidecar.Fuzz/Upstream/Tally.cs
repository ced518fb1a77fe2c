namespace Sidecar.Fuzz.Upstream;

/// <summary>
/// Two readers' counts of the same requests, set off against each other, so that only differences are kept. Safe from
/// any thread.
/// </summary>
internal sealed class Tally
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ReadRequest, int> _balance = [];

    internal long Left { get; private set; }

    internal long Right { get; private set; }

    internal void AddLeft(ReadRequest request) => Add(request, 1);

    internal void AddRight(ReadRequest request) => Add(request, -1);

    /// <summary>Requests that one has and the other has not; positive: the left one.</summary>
    internal IReadOnlyList<(ReadRequest Request, int Balance)> Differences()
    {
        lock (_lock) return [.. _balance.Select(pair => (pair.Key, pair.Value))];
    }

    private void Add(ReadRequest request, int change)
    {
        lock (_lock)
        {
            if (change > 0) Left++;
            else Right++;
            var balance = _balance.GetValueOrDefault(request) + change;
            if (balance == 0) _balance.Remove(request);
            else _balance[request] = balance;
        }
    }
}
