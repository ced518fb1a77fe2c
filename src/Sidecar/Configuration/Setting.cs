namespace Sidecar.Configuration;

/// <summary>One setting as people see it.</summary>
public abstract class Setting
{
    private protected Setting(string name, string @default, string accepted, string meaning) =>
        (Name, Default, Accepted, Meaning) = (name, @default, accepted, meaning);

    /// <summary>The environment variable.</summary>
    public string Name { get; }

    /// <summary>The value where the variable is not set, in the form in which it would be set.</summary>
    public string Default { get; }

    /// <summary>What a value may be, unit and range included.</summary>
    public string Accepted { get; }

    /// <summary>One line.</summary>
    public string Meaning { get; }
}
