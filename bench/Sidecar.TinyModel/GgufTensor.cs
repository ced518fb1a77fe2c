namespace Sidecar.TinyModel;

/// <summary>A tensor to be written: 32-bit floats, generated on demand so that no model is ever held in memory whole.
/// </summary>
/// <param name="Name">As the architecture's loader looks it up.</param>
/// <param name="Extents">Fastest-moving dimension first, as GGUF stores them.</param>
/// <param name="Fill">Gives the next value, in storage order.</param>
public sealed record GgufTensor(string Name, ulong[] Extents, Func<float> Fill)
{
    public ulong ElementCount => Extents.Aggregate(1UL, (product, extent) => checked(product * extent));
}
