using Sidecar.Http.Bodies;
using Sidecar.Http.Responses;
using Sidecar.Transport;
using Sidecar.Upstream;

namespace Sidecar.Proxy.Line;

/// <summary>Holds one request's connection to the model server, from its rent or connect to its return or close. Reused
/// for the requests of one downstream connection, on its reactor's thread.</summary>
internal sealed class ConnectStep(UpstreamPool pool, Signal signal)
{
    private readonly UpstreamConnector _connector = new(pool, signal);
    private UpstreamConnection? _connection;

    /// <summary>The connection that is held: only after <see cref="Poll"/> was Connected.</summary>
    internal UpstreamConnection Connection => _connection!;

    /// <inheritdoc cref="UpstreamConnector.Failure"/>
    internal string? Failure => _connector.Failure;

    /// <inheritdoc cref="UpstreamConnector.HasTlsFailed"/>
    internal bool HasTlsFailed => _connector.HasTlsFailed;

    /// <summary>Begins or continues the rent or connect.</summary>
    /// <param name="mustBeNew">A connection that has rested is not taken.</param>
    internal ConnectStatus Poll(bool mustBeNew) =>
        mustBeNew ? _connector.Poll(out _connection) : _connector.Rent(out _connection);

    /// <summary>Closes the connection, or gives up a pending connect.</summary>
    internal void Close()
    {
        _connector.Abandon();
        _connection?.Channel.Close();
        _connection = null;
    }

    /// <summary>Returns a connection that carried both messages whole and may carry another request.</summary>
    internal void Return(ResponseHead head)
    {
        var wasStreamed = head.Framing == BodyFraming.Chunked;
        pool.Return(Connection, head.KeepAliveTimeoutSeconds, head.KeepAliveMax, wasStreamed);
        _connection = null;
    }
}
