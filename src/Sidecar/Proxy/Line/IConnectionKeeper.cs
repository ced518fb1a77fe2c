namespace Sidecar.Proxy.Line;

/// <summary>Keeps a reactor's connections; told of their changes on the reactor's thread.</summary>
internal interface IConnectionKeeper
{
    /// <summary>The connection waits for a request, or for the rest of its head.</summary>
    void OnIdle(DownstreamConnection connection);

    /// <summary>The connection no longer waits.</summary>
    void OnBusy(DownstreamConnection connection);

    /// <summary>A request's head is complete.</summary>
    void OnExchangeBegun();

    /// <summary>The request's answer was sent, or never will be.</summary>
    void OnExchangeEnded();

    void OnClosed(DownstreamConnection connection);
}
