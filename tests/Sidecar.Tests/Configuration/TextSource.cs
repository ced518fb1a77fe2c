using Sidecar.Configuration;

namespace Sidecar.Tests.Configuration;

/// <summary>Settings as text, with an upstream so that the rest can be looked at.</summary>
internal sealed class TextSource(params (string Name, string Value)[] settings) : ISettingSource
{
    public IEnumerable<string> Names => settings.Select(setting => setting.Name);

    public string? TryGet(string name) => settings.Where(setting => setting.Name == name)
        .Select(setting => setting.Value).LastOrDefault() ?? (name == "SIDECAR_UPSTREAM" ? "10.0.0.1:8001" : null);
}
