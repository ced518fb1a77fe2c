namespace Sidecar.Proxy.Relay;

/// <summary>How long a relay or a tunnel waits, in ticks of 100 ns.</summary>
/// <param name="ClientStallTicks">For a client to send awaited bytes, or to take those sent to it.</param>
/// <param name="ResponseTicks">For the model server's next byte.</param>
internal readonly record struct RelayTimeouts(long ClientStallTicks, long ResponseTicks);
