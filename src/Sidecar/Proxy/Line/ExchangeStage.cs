using Sidecar.Proxy.Relay;

namespace Sidecar.Proxy.Line;

/// <summary>Where a request stands; <see cref="Exchange.Poll"/> alone moves it on.</summary>
/// <remarks>
/// <code>
///   Body ──► Permit ──► Connect ──► Relay ──► Tunnel ──► Over
///               ▲          │ ▲        │ │
///               └──────────┘ └────────┘ │     resent: keeps its permit (ResendRule)
///               └───────────────────────┘     returned: the model server was not there, not ready, or full
/// </code>
/// Every stage may lead to <see cref="Over"/> at once.
/// </remarks>
internal enum ExchangeStage : byte
{
    /// <summary>The body of a request that may have to wait is held, as far as it fits.</summary>
    Body,

    /// <summary>The gate is asked for a permit, at once or after a wait in its queue.</summary>
    Permit,

    /// <summary>A connection to the model server is rented or made.</summary>
    Connect,

    /// <summary>The request is sent and the response received, both at once.</summary>
    Relay,

    /// <summary>Bytes of another protocol, to which the model server has switched, are relayed.</summary>
    Tunnel,

    /// <summary>The outcome is known; what the request held is still to be given back.</summary>
    Over,
}
