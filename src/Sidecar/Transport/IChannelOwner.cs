namespace Sidecar.Transport;

/// <summary>Is told, on the reactor's thread, that the state of a channel has changed.</summary>
internal interface IChannelOwner
{
    void OnChannelEvent(SocketChannel channel);
}
