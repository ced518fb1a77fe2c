namespace Sidecar.Proxy.Line;

/// <summary>Where a client's connection stands; the loop of <see cref="DownstreamConnection"/> changes it.</summary>
/// <remarks>
/// <code>
///   Head ──► Exchange ──► Answer ──► Linger ──► Closed
///    ▲ │                  ▲ │ │                   ▲
///    │ └──── refused ─────┘ │ └─────── left ──────┘
///    └────── kept ──────────┘
/// </code>
/// </remarks>
internal enum ConnectionStage : byte
{
    /// <summary>A request's head is awaited or read.</summary>
    Head,

    /// <summary>A request is under way, in a stage of its own: <see cref="ExchangeStage"/>.</summary>
    Exchange,

    /// <summary>The sidecar's own answer is sent to its end; there is none where the model server answered.</summary>
    Answer,

    /// <summary>The last answer was sent; what the client still sends is discarded.</summary>
    Linger,

    /// <summary>Nothing is left to be done.</summary>
    Closed,
}
