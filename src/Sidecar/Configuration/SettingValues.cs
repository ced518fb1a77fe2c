using Sidecar.Configuration.Values;

namespace Sidecar.Configuration;

/// <summary>
/// Reads settings one by one from a source, and collects a fault for each value that is not accepted. Defaults go the
/// same way as values that are set.
/// </summary>
internal sealed class SettingValues(ISettingSource source)
{
    /// <summary>So much of a wrong value is told.</summary>
    private const int ToldLengthMax = 200;

    private readonly HashSet<Setting> _wrong = [];

    internal List<string> Faults { get; } = [];

    /// <summary>What is returned with a fault means nothing, and may be null.</summary>
    internal T Of<T>(TypedSetting<T> setting)
    {
        var reason = setting.Kind.Read(GivenFor(setting), out var value);
        if (reason is null) return value;
        Fault(setting, reason);
        return default!;
    }

    internal string Text(Setting setting) => GivenFor(setting).Text;

    internal bool IsSet(Setting setting) => GivenFor(setting).IsSet;

    /// <summary>None of these has a fault, so that they may be held against each other.</summary>
    internal bool AreFine(params ReadOnlySpan<Setting> settings) => !_wrong.Overlaps(settings.ToArray());

    internal void Fault(Setting setting, string reason)
    {
        _wrong.Add(setting);
        Faults.Add(LineOf(setting, reason));
    }

    /// <summary>
    /// Variable, value and reason: one line, whatever the value holds. Who has not set it is told where it comes from.
    /// </summary>
    internal string LineOf(Setting setting, string reason) => reason == ValueKinds.NotAccepted
        ? $"{Told(setting)}: accepted is {setting.Accepted}"
        : $"{Told(setting)}: {reason}";

    /// <summary>Variable and value, as one stands in a line about another.</summary>
    internal string Told(Setting setting)
    {
        var value = string.Concat(Text(setting).Take(ToldLengthMax).Select(c => char.IsControl(c) ? '?' : c));
        return $"{setting.Name}='{value}'{(IsSet(setting) || value.Length == 0 ? "" : " (the default)")}";
    }

    private SettingText GivenFor(Setting setting) => source.TryGet(setting.Name) is { Length: > 0 } value
        ? new SettingText(value.Trim(), IsSet: true)
        : new SettingText(setting.Default, IsSet: false);
}
