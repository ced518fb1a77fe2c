namespace Sidecar.Proxy.Server;

/// <param name="Delay">All is still served for so long, so that whoever routes here can learn of the end.</param>
/// <param name="Timeout">The longest drain, the delay included.</param>
/// <param name="EndsIdleDelay">Nobody routes here: the delay is over as soon as no request is under way.</param>
public sealed record DrainOptions(TimeSpan Delay, TimeSpan Timeout, bool EndsIdleDelay = false);
