namespace Sidecar.Configuration;

/// <summary>One setting as people see it.</summary>
/// <param name="Name">The environment variable.</param>
/// <param name="Default">Its value where it is not set, in the form in which it would be set.</param>
/// <param name="Accepted">What a value may be, unit and range included.</param>
/// <param name="Meaning">One line.</param>
public sealed record Variable(string Name, string Default, string Accepted, string Meaning);
