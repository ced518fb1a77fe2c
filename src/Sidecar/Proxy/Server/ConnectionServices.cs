namespace Sidecar.Proxy.Server;

/// <summary>What the workers share about connections as such; each member is safe from any thread.</summary>
internal sealed record ConnectionServices(
    ConnectionPlaces Places, DescriptorRoom Room, CountedFaults FailedHandshakes, CountedFaults Refused);
