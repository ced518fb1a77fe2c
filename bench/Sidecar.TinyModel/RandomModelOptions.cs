namespace Sidecar.TinyModel;

/// <summary>Size of the random model: larger values make a slower engine, nothing else.</summary>
/// <param name="Embedding">Width of the residual stream; a multiple of 8 times the four heads.</param>
/// <param name="Layers">Transformer blocks.</param>
/// <param name="Context">Longest sequence in tokens that the model admits to.</param>
/// <param name="Seed">Same seed, same bytes.</param>
public sealed record RandomModelOptions(int Embedding = 256, int Layers = 4, int Context = 2048, int Seed = 1);
