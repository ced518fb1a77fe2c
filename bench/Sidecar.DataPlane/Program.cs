using Sidecar.DataPlane;

// Thin relays of the candidates for the data plane, and the streaming upstream that they are measured with.
switch (args)
{
    case ["epoll", var listen, var upstream]:
        EpollRelay.Run(int.Parse(listen), int.Parse(upstream));
        return 0;
    case ["socket", var listen, var upstream]:
        SocketSwitches.Set();
        await SocketRelay.RunAsync(int.Parse(listen), int.Parse(upstream));
        return 0;
    case ["kestrel", var listen, var upstream]:
        SocketSwitches.Set();
        await KestrelRelay.RunAsync(int.Parse(listen), int.Parse(upstream));
        return 0;
    case ["sse-upstream", var listen, var paceMicroseconds]:
        SseUpstream.Run(int.Parse(listen), int.Parse(paceMicroseconds));
        return 0;
    default:
        Console.Error.WriteLine("usage: Sidecar.DataPlane kestrel|socket|epoll LISTENPORT UPSTREAMPORT");
        Console.Error.WriteLine("       Sidecar.DataPlane sse-upstream LISTENPORT PACEMICROSECONDS");
        return 64;
}
