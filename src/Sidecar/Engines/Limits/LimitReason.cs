namespace Sidecar.Engines.Limits;

/// <summary>Why the limit is what it is.</summary>
internal enum LimitReason : byte
{
    /// <summary>Nothing is known yet: the start.</summary>
    Start,

    /// <summary>The model server tells its size.</summary>
    Size,

    /// <summary>Requests wait here and none there: the limit grows.</summary>
    Room,

    /// <summary>One more is tried, since requests wait here and it is some time that it did not fit.</summary>
    Probe,

    /// <summary>Requests wait inside the model server: the limit is what it works on.</summary>
    Waiting,

    /// <summary>The model server's cache is full, or requests were preempted for want of it.</summary>
    Cache,

    /// <summary>The model server refused a request, since its own queue is full.</summary>
    Refused,

    /// <summary>The model server was away: the search begins anew.</summary>
    Restart,

    /// <summary>There is no page, and answers come whole: nothing tells, and the limit is a usual one.</summary>
    Blind,
}
