namespace Sidecar.Records;

/// <summary>
/// What happened to one request, filled along the line and handed to the readers (<see cref="RecordReaders"/>), who may
/// keep nothing of it: a connection has one and uses it for each of its requests. One thread; times are the reactor's,
/// monotonic, in ticks of 100 ns, and 0 where it did not come to that.
/// </summary>
internal sealed class RequestRecord
{
    /// <summary>The request's head was read.</summary>
    public long ArrivedTicks { get; set; }

    /// <summary>The request was first sent to the model server.</summary>
    public long SentTicks { get; set; }

    /// <summary>The head of an answer was read, and the request will not be sent again.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>That head was read.</summary>
    public long AnsweredTicks { get; set; }

    public long EndedTicks { get; set; }

    /// <summary>Empty for what bypasses the gate.</summary>
    public string WorkloadId { get; set; } = "";

    /// <summary>1 to 5; 0 for what bypasses the gate.</summary>
    public int Criticality { get; set; }

    /// <summary>The request holds a permit, or ended with one.</summary>
    public bool HadPermit { get; set; }

    /// <summary>From its arrival at the gate to its last permit; 0 where it was admitted at once.</summary>
    public long WaitTicks { get; set; }

    /// <summary>At its last dispatch.</summary>
    public double Score { get; set; }

    /// <summary>Times that it was sent, or was to be: above 1 where the model server did not take it up.</summary>
    public int Attempts { get; set; }

    /// <summary>The model server refused it, being full, and it went back to the queue once.</summary>
    public bool WasRefused { get; set; }

    /// <summary>Of the model server's answer; 0 where there was none.</summary>
    public int Status { get; set; }

    /// <summary>The answer comes in pieces, of a length that its head does not tell.</summary>
    public bool IsStreamed { get; set; }

    /// <summary>The request body's payload, without framing, as far as it came.</summary>
    public long RequestBodyBytes { get; set; }

    /// <summary>The answer's payload, without framing, as far as it came.</summary>
    public long ResponseBodyBytes { get; set; }

    public Outcome Outcome { get; set; }

    /// <summary>Empty unless a reader wants texts, and shortened.</summary>
    public string Method { get; set; } = "";

    /// <inheritdoc cref="Method"/>
    public string Target { get; set; } = "";

    internal void Begin(long nowTicks)
    {
        (ArrivedTicks, SentTicks, AnsweredTicks, EndedTicks) = (nowTicks, 0, 0, 0);
        (WorkloadId, Criticality, HadPermit, WaitTicks, Score) = ("", 0, false, 0, 0);
        (Attempts, Status, RequestBodyBytes, ResponseBodyBytes) = (0, 0, 0, 0);
        (IsAnswered, IsStreamed, WasRefused, Outcome) = (false, false, false, Outcome.None);
    }
}
