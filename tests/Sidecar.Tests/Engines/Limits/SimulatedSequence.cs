namespace Sidecar.Tests.Engines.Limits;

/// <summary>One request inside a simulated model server.</summary>
internal sealed class SimulatedSequence(int prompt, int answer, double sentSeconds)
{
    internal int Answer => answer;

    internal double SentSeconds => sentSeconds;

    internal int Produced { get; set; }

    internal bool IsAnswered { get; set; }

    /// <summary>Of the cache.</summary>
    internal int Tokens => prompt + Produced;
}
