namespace Sidecar.Configuration;

/// <summary>Where settings come from as text: the environment, or a test's own table.</summary>
public interface ISettingSource
{
    IEnumerable<string> Names { get; }

    /// <summary>Null where the name is not set; an empty value counts as not set.</summary>
    string? TryGet(string name);
}
