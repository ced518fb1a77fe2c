namespace Sidecar.Configuration.Values;

/// <summary>A value as it stands in the environment, or a setting's default.</summary>
internal readonly record struct SettingText(string Text, bool IsSet)
{
    /// <summary>The text is this word, in any case.</summary>
    internal bool Is(string word) => Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
