namespace Sidecar.Proxy.Line;

/// <summary>
/// Where a client's connection stands; the loop of <see cref="DownstreamConnection"/> alone moves it on.
/// </summary>
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

    /// <summary>What the sidecar says itself is sent to its end; nothing where the model server has answered.</summary>
    Answer,

    /// <summary>The last answer was sent; what the client still sends is discarded.</summary>
    Linger,

    /// <summary>Nothing more is to be done.</summary>
    Closed,
}
