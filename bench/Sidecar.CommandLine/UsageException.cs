namespace Sidecar.CommandLine;

/// <summary>What the person at the command line has to change; the message is shown alone, without a stack.</summary>
public sealed class UsageException(string message) : Exception(message);
