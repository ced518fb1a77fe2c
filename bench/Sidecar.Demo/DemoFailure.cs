namespace Sidecar.Demo;

/// <summary>The sidecar did not do what a scenario needs to go on.</summary>
public sealed class DemoFailure(string message) : Exception(message);
