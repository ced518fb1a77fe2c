using Sidecar.Http;

namespace Sidecar.Fuzz.Targets;

/// <summary>Gives a head to its parser as a connection would: some beginnings of it, then all.</summary>
internal static class CutInput
{
    /// <summary>Reads the first so many bytes, going on where the last call stopped.</summary>
    internal delegate ParseStatus Reader(int partLength, ref int scannedBytes);

    /// <summary>All but the last part must be incomplete, or malformed for good.</summary>
    internal static ParseStatus Parse(int length, Random random, Reader read)
    {
        var scanned = 0;
        for (var cuts = random.Next(4); cuts > 0; cuts--)
        {
            var partLength = Math.Max(scanned, random.Next(length + 1));
            var status = read(partLength, ref scanned);
            if (status != ParseStatus.Incomplete) return status;
        }
        return read(length, ref scanned);
    }
}
