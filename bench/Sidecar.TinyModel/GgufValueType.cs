namespace Sidecar.TinyModel;

/// <summary>Types of metadata values, numbered by the GGUF specification
/// (ggml repository, docs/gguf.md, <c>gguf_metadata_value_type</c>). Only those that the tiny model needs.</summary>
public enum GgufValueType : uint
{
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    String = 8,
    Array = 9,
}
