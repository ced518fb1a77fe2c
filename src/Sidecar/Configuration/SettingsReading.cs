namespace Sidecar.Configuration;

/// <summary>What came of reading the settings.</summary>
/// <param name="Settings">Null where there is a fault.</param>
/// <param name="Faults">One line each: the variable, its value, and what is accepted.</param>
/// <param name="Unknown">One line for each name that is none of ours: a fault to <c>check</c>, a warning at the
/// start.</param>
/// <param name="Warnings">One line each; they stop nothing.</param>
public sealed record SettingsReading(
    SidecarSettings? Settings, IReadOnlyList<string> Faults, IReadOnlyList<string> Unknown,
    IReadOnlyList<string> Warnings);
