using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary>The settings as the process was given them.</summary>
internal sealed class EnvironmentSource : ISettingSource
{
    public IEnumerable<string> Names => Environment.GetEnvironmentVariables().Keys.Cast<string>();

    public string? TryGet(string name) => Environment.GetEnvironmentVariable(name);
}
