namespace Sidecar.Http.Bodies;

/// <summary>What a <see cref="ChunkScanner"/> made of the bytes it was given.</summary>
/// <param name="Status">Whether the body goes on.</param>
/// <param name="Consumed">Bytes of the body among those given.</param>
/// <param name="Written">Bytes at the beginning of those given that are to be forwarded.</param>
internal readonly record struct ScanResult(ScanStatus Status, int Consumed, int Written);
