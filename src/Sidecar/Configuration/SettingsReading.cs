namespace Sidecar.Configuration;

/// <summary>What came of reading the settings.</summary>
/// <param name="Settings">Null where there is a fault.</param>
/// <param name="Faults">One line each: the variable, its value, and what is accepted.</param>
/// <param name="Warnings">One line each; they stop nothing.</param>
public sealed record SettingsReading(
    SidecarSettings? Settings, IReadOnlyList<string> Faults, IReadOnlyList<string> Warnings);
