namespace Sidecar.Configuration.Values;

/// <summary>Reads a value. Throws for none.</summary>
/// <param name="text">Trimmed.</param>
/// <param name="value">Means nothing where the text is not accepted.</param>
/// <returns>Null where the text is accepted; else the reason, which is empty where the words of
/// <see cref="ValueKind{T}.Accepted"/> tell it.</returns>
internal delegate string? ValueReader<T>(SettingText text, out T value);
