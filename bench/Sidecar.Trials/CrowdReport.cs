using System.Text.Json;

namespace Sidecar.Trials;

/// <param name="Idle">Idle connections that are still open.</param>
/// <param name="CutHeads">Slow heads that were answered 408 and closed.</param>
/// <param name="LostHeads">Slow heads that ended in another way.</param>
/// <param name="CutReaders">Slow readers that were cut, though they do read.</param>
/// <param name="ReadBytes">What the slow readers took.</param>
internal sealed record CrowdReport(int Idle, int CutHeads, int LostHeads, int CutReaders, long ReadBytes)
{
    internal static CrowdReport Of(Crowd crowd) =>
        new(crowd.Idle, crowd.CutHeads, crowd.LostHeads, crowd.CutReaders, crowd.ReadBytes);

    internal static CrowdReport Parse(string line) =>
        JsonSerializer.Deserialize<CrowdReport>(line) ?? throw new JsonException("no report of the crowd");

    internal string ToLine() => JsonSerializer.Serialize(this);
}
