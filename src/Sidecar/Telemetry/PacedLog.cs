using System.Runtime.InteropServices;

namespace Sidecar.Telemetry;

/// <summary>
/// One kind of line that a fault or a client could repeat without end. What comes first of a reason is written at once;
/// what follows until the next <see cref="Log.TellHeldBack"/> is held back, and told then by one line with its count,
/// so that the counts of a reason add up to what came of it. Any thread; a lock that only faults meet. Bound:
/// <see cref="ReasonsMax"/> reasons between two tellings, whatever goes beyond them is <c>other</c>.
/// </summary>
internal sealed class PacedLog
{
    internal const int ReasonsMax = 16;

    private const string OtherReason = "other";

    private readonly Log _log;
    private readonly LogLevel _level;
    private readonly string _name;
    private readonly string _reasonName;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _heldBack = new(ReasonsMax + 1);

    /// <param name="log">Has it told of what it holds back, for as long as the log lives.</param>
    /// <param name="level">Of each line.</param>
    /// <param name="name">Of the event.</param>
    /// <param name="reasonName">What the value that lines are told apart by is called.</param>
    public PacedLog(Log log, LogLevel level, string name, string reasonName = "reason")
    {
        (_log, _level, _name, _reasonName) = (log, level, name, reasonName);
        log.Add(this);
    }

    public void Write(string reason)
    {
        if (!_log.IsEnabled(_level)) return;
        lock (_lock)
        {
            if (_heldBack.Count >= ReasonsMax && !_heldBack.ContainsKey(reason)) reason = OtherReason;
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_heldBack, reason, out var wasTold);
            if (wasTold) count++;
            else Tell(reason, 1);
        }
    }

    /// <summary>
    /// A reason that was held back goes on being so, or it would be told twice in a row; one that was not is forgotten.
    /// </summary>
    internal void TellHeldBack()
    {
        lock (_lock)
        {
            foreach (var (reason, count) in _heldBack.ToArray())
            {
                if (count == 0)
                {
                    _heldBack.Remove(reason);
                    continue;
                }
                _heldBack[reason] = 0;
                Tell(reason, count);
            }
        }
    }

    private void Tell(string reason, long count) =>
        _log.Write(_level, _name, (_reasonName, reason), ("count", $"{count}"));
}
