namespace Sidecar.Engines;

/// <summary>
/// Tells a model server that is stuck from one that is slow: streams are awaited, none has received a byte for long,
/// and its own counter of tokens, where it has one, stands still. Pure; one thread.
/// </summary>
/// <remarks>
/// Once it stalls only a byte or a token shows that it moves; or, as nobody may be sent there any more, that for as
/// long again nothing was awaited.
/// </remarks>
internal sealed class ProgressRule(long stallTicks)
{
    private const long NotLooked = long.MinValue;

    private long _movedTicks = NotLooked;
    private long _awaitedTicks;
    private double _tokens = double.NaN;

    internal bool IsStalled { get; private set; }

    /// <summary>It has not moved for half of the time that makes a stall: its counter should be looked at.</summary>
    internal bool IsSuspicious(long nowTicks) =>
        IsStalled || (_movedTicks != NotLooked && nowTicks - _movedTicks >= stallTicks / 2);

    /// <summary>How long it has not moved.</summary>
    internal long SilentTicks(long nowTicks) => nowTicks - _movedTicks;

    /// <summary>One look; some each second. True where that changes <see cref="IsStalled"/>.</summary>
    /// <param name="streams">Streams that have begun and not ended, and those whose first byte is awaited.</param>
    /// <param name="byteTicks">When the last byte of any answer came.</param>
    /// <param name="tokens">The model server's counter; NaN where it was not asked or does not say.</param>
    /// <param name="nowTicks">Monotonic.</param>
    internal bool Look(int streams, long byteTicks, double tokens, long nowTicks)
    {
        if (_movedTicks == NotLooked) _movedTicks = nowTicks;
        var before = IsStalled;
        // What is compared with NaN is not equal: a counter that was not seen before has not moved.
        var hasMoved = byteTicks > _movedTicks || tokens > _tokens || tokens < _tokens;
        if (!double.IsNaN(tokens)) _tokens = tokens;
        if (streams > 0) _awaitedTicks = nowTicks;
        if (hasMoved) (_movedTicks, IsStalled) = (nowTicks, false);
        else if (!IsStalled && streams == 0) _movedTicks = nowTicks;
        else if (IsStalled) IsStalled = nowTicks - _awaitedTicks < stallTicks;
        else IsStalled = nowTicks - _movedTicks >= stallTicks;
        return IsStalled != before;
    }
}
