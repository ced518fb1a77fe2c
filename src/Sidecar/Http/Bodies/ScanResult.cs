namespace Sidecar.Http.Bodies;

/// <summary>What a <see cref="BodyReader{TLooker}"/> did with the bytes given to it.</summary>
/// <param name="Status">Whether the body goes on.</param>
/// <param name="Consumed">Bytes given that belong to the body.</param>
/// <param name="Written">Bytes to be forwarded, at the beginning of those given.</param>
internal readonly record struct ScanResult(ScanStatus Status, int Consumed, int Written);
