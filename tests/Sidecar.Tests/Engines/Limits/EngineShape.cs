namespace Sidecar.Tests.Engines.Limits;

/// <summary>A model server to be simulated, and what is asked of it.</summary>
internal sealed record EngineShape
{
    public int Slots { get; init; } = 4;

    /// <summary>Tokens that the cache of keys and values holds.</summary>
    public double CacheTokens { get; init; } = double.PositiveInfinity;

    /// <summary>A decode step of one sequence alone.</summary>
    public double StepSeconds { get; init; } = 0.02;

    /// <summary>How much each further sequence lengthens a step, as a share of it.</summary>
    public double BatchCost { get; init; } = 0.05;

    public double PrefillTokensPerSecond { get; init; } = 20_000;

    /// <summary>On average; from half to one and a half times as many.</summary>
    public int PromptTokens { get; init; } = 16;

    /// <inheritdoc cref="PromptTokens"/>
    public int AnswerTokens { get; init; } = 64;

    /// <summary>By which the page is late; none: there is no page.</summary>
    public double? PageLateSeconds { get; init; } = 0.2;

    /// <summary>So long the page tells zeros.</summary>
    public double PageZeroSeconds { get; init; }
}
