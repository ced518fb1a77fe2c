namespace Sidecar.ModelServer;

/// <summary>What an engine says of its load.</summary>
internal readonly record struct EngineFigures(
    int Running, int Waiting, long HeldTokens, long PromptTokens, long GeneratedTokens);
