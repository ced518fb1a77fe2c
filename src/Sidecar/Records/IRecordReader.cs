namespace Sidecar.Records;

/// <summary>
/// A reader of what happened to requests: counters, the log, later traces and accounts. Called on the request's thread,
/// on several at a time; neither blocks nor throws, and keeps nothing of the record.
/// </summary>
internal interface IRecordReader
{
    /// <summary>Method and target are wanted as text. Asked for each request.</summary>
    bool WantsTexts { get; }

    /// <summary>The model server has answered, and the request will not be sent again; the body comes yet.</summary>
    void OnAnswered(RequestRecord record);

    /// <summary>The request has ended and holds nothing any more; the record is final.</summary>
    void OnEnded(RequestRecord record);
}
