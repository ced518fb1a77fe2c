namespace Sidecar.Load.Reporting;

/// <summary>What a record tells of how its figures came about.</summary>
/// <param name="Commit">What was measured, of this repository; "not recorded" where nobody said.</param>
/// <param name="Load">Arrivals, classes, lengths, duration and seeds.</param>
/// <param name="Notes">Versions, settings, the command: a sentence each.</param>
public sealed record Record(string Title, string Commit, string Load, IReadOnlyList<string> Notes);
