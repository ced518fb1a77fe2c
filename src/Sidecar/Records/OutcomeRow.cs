namespace Sidecar.Records;

/// <summary>One row of <see cref="Outcomes"/>. Immutable; any thread.</summary>
internal sealed class OutcomeRow
{
    private readonly byte[] _label;
    private readonly byte[] _message;

    /// <param name="outcome">Which.</param>
    /// <param name="label">A token.</param>
    /// <param name="status">Of the sidecar's own answer; 0 where nobody is left to be answered, or another answer
    /// stands: the model server's, or that of <c>HttpFaults</c> for what is malformed.</param>
    /// <param name="message">One sentence for people, in ASCII.</param>
    internal OutcomeRow(
        Outcome outcome, ReadOnlySpan<byte> label, int status = 0, ReadOnlySpan<byte> message = default)
    {
        (Outcome, Status) = (outcome, status);
        (_label, _message) = (label.ToArray(), message.ToArray());
    }

    public Outcome Outcome { get; }

    public ReadOnlySpan<byte> Label => _label;

    public int Status { get; }

    public ReadOnlySpan<byte> Message => _message;

    /// <summary>The error object's <c>type</c>, in OpenAI's vocabulary.</summary>
    public ReadOnlySpan<byte> ErrorType => Status switch
    {
        429 => "rate_limit_error"u8,
        >= 500 => "server_error"u8,
        _ => "invalid_request_error"u8,
    };

    /// <summary>The request may be answered otherwise later: the answer has <c>Retry-After</c>.</summary>
    public bool MayBeRetried => Status is 429 or 503;
}
