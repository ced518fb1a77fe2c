using System.Collections.Concurrent;
using Sidecar.Records;

namespace Sidecar.Tests.Records;

/// <summary>A second reader of records, as an account of tokens would be one: bytes of each workload.</summary>
internal sealed class ByteAccounts : IRecordReader
{
    private readonly ConcurrentDictionary<string, (int Requests, long Asked, long Answered)> _accounts = new();

    public bool WantsTexts => false;

    internal ConcurrentQueue<string> Events { get; } = new();

    internal (int Requests, long Asked, long Answered) this[string workload] => _accounts.GetValueOrDefault(workload);

    public void OnAnswered(RequestRecord record) => Events.Enqueue($"answered {record.Status}");

    public void OnEnded(RequestRecord record)
    {
        var (asked, answered) = (record.RequestBodyBytes, record.ResponseBodyBytes);
        _accounts.AddOrUpdate(
            record.WorkloadId, _ => (1, asked, answered),
            (_, before) => (before.Requests + 1, before.Asked + asked, before.Answered + answered));
        Events.Enqueue($"{record.Outcome} after {record.Attempts}");
    }
}
