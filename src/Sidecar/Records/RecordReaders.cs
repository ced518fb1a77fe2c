namespace Sidecar.Records;

/// <summary>All readers of records, in their order. Immutable; any thread.</summary>
internal sealed class RecordReaders(params IRecordReader[] readers)
{
    public bool WantTexts
    {
        get
        {
            foreach (var reader in readers)
            {
                if (reader.WantsTexts) return true;
            }
            return false;
        }
    }

    internal void OnAnswered(RequestRecord record)
    {
        foreach (var reader in readers) reader.OnAnswered(record);
    }

    internal void OnEnded(RequestRecord record)
    {
        foreach (var reader in readers) reader.OnEnded(record);
    }
}
