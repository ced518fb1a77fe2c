using System.Threading.Channels;

namespace Sidecar.ModelServer;

/// <summary>
/// One answer in the making. The engine writes its tokens, one reader takes them; <see cref="Abort"/> may come from any
/// thread.
/// </summary>
internal sealed class Sequence(int number, int promptTokens, int tokens)
{
    private readonly Channel<int> _tokens = Channel.CreateUnbounded<int>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private volatile bool _aborted;

    internal int Number { get; } = number;

    internal int PromptTokens { get; } = promptTokens;

    /// <summary>How many the answer will have.</summary>
    internal int Tokens { get; } = tokens;

    internal int Produced { get; private set; }

    internal bool IsAborted => _aborted;

    internal bool IsDone => Produced >= Tokens;

    /// <summary>The index of each token as it is made; ends with the answer.</summary>
    internal ChannelReader<int> Reader => _tokens.Reader;

    internal void Produce()
    {
        _tokens.Writer.TryWrite(Produced++);
        if (IsDone) End();
    }

    internal void End() => _tokens.Writer.TryComplete();

    /// <summary>Nobody reads it any more: the engine drops it at its next step.</summary>
    internal void Abort() => _aborted = true;
}
