namespace Sidecar.Records;

/// <summary>
/// Whoever wants to know what happened to requests: counters, log, later traces and accounts. Called on the request's
/// thread, many at a time; neither blocks nor throws, and keeps nothing of the record.
/// </summary>
internal interface IRecordReader
{
    /// <summary>Method and target are wanted as text. Asked for each request.</summary>
    bool WantsTexts { get; }

    /// <summary>The model server has answered, and the request will not be sent again; the body comes yet.</summary>
    void OnAnswered(RequestRecord record);

    /// <summary>It has ended and holds nothing any more; the record is final.</summary>
    void OnEnded(RequestRecord record);
}
