namespace Sidecar.Load.Arrivals;

/// <summary>One request that will be sent, whatever became of those before it (open loop).</summary>
/// <param name="OffsetTicks">When it is meant to be sent, from the start of the run; 100 ns.</param>
/// <param name="ClassIndex">Into the plan's classes.</param>
/// <param name="PromptTokens">Length of the prompt; the tiny model's tokens are characters.</param>
/// <param name="AnswerTokens">Tokens asked for.</param>
public readonly record struct Arrival(long OffsetTicks, int ClassIndex, int PromptTokens, int AnswerTokens);
