using Sidecar.Records;

namespace Sidecar.Telemetry;

/// <summary>
/// What is counted of requests and connections as it happens; what else is counted or read when asked stays with its
/// owner. Any thread.
/// </summary>
public sealed class Instruments : IRecordReader
{
    private const int ContextFaultsMax = 16;

    private readonly Counter[] _outcomes = Counters(Outcomes.Count);
    private readonly Counter[] _contextFaults = Counters(ContextFaultsMax);

    /// <summary>Requests that ended so.</summary>
    internal Counter this[Outcome outcome] => _outcomes[(int)outcome];

    /// <summary>Requests by what was wrong with their workload context, in the order of that enum.</summary>
    internal ReadOnlySpan<Counter> ContextFaults => _contextFaults;

    /// <summary>Wait of each dispatched request, 0 for those admitted at once.</summary>
    internal Histogram QueueWaitSeconds { get; } =
        new(0, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60);

    /// <summary>Score of each request as it was dispatched.</summary>
    internal Histogram PriorityScore { get; } = new(-0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);

    internal Counter ConnectionsAccepted { get; } = new();

    /// <summary>Connections that were closed at once, because none of those at the limit was idle.</summary>
    internal Counter ConnectionsRefused { get; } = new();

    /// <summary>Clients' TLS handshakes that were begun and came to nothing.</summary>
    internal Counter TlsHandshakesFailed { get; } = new();

    /// <summary>Requests that were sent to the model server once more.</summary>
    internal Counter Resends { get; } = new();

    /// <summary>
    /// Times that a request went back to the queue, because the model server was not there or not ready.
    /// </summary>
    internal Counter Returns { get; } = new();

    /// <summary>Times that mode, policy or share were changed.</summary>
    internal Counter ModeChanges { get; } = new();

    bool IRecordReader.WantsTexts => false;

    /// <summary>Seen now, since an answer may stream for an hour.</summary>
    void IRecordReader.OnAnswered(RequestRecord record)
    {
        if (record.HadPermit) ObserveWait(record);
    }

    void IRecordReader.OnEnded(RequestRecord record)
    {
        this[record.Outcome].Add();
        if (record is { HadPermit: true, IsAnswered: false }) ObserveWait(record);
    }

    private void ObserveWait(RequestRecord record)
    {
        QueueWaitSeconds.Observe(record.WaitTicks / (double)TimeSpan.TicksPerSecond);
        PriorityScore.Observe(record.Score);
    }

    private static Counter[] Counters(int count) => [.. Enumerable.Range(0, count).Select(_ => new Counter())];
}
