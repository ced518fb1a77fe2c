using System.Text;

namespace Sidecar.TinyModel;

/// <summary>Writes a GGUF file, version 3, little-endian: header, metadata, tensor directory, aligned tensor data.
/// Source of the layout: the GGUF specification (ggml repository, docs/gguf.md, "File Structure"). One thread.
/// </summary>
public sealed class GgufWriter
{
    private const uint Version = 3;
    private const uint FloatTensor = 0; // ggml_type GGML_TYPE_F32
    private const uint AlignmentBytes = 32;

    private readonly MemoryStream _metadata = new();
    private readonly BinaryWriter _fields;
    private readonly List<GgufTensor> _tensors = [];
    private ulong _fieldCount;

    public GgufWriter()
    {
        _fields = new BinaryWriter(_metadata);
        Add("general.alignment", AlignmentBytes);
    }

    public void Add(string key, uint value)
    {
        Begin(key, GgufValueType.UInt32);
        _fields.Write(value);
    }

    public void Add(string key, float value)
    {
        Begin(key, GgufValueType.Float32);
        _fields.Write(value);
    }

    public void Add(string key, string value)
    {
        Begin(key, GgufValueType.String);
        WriteString(_fields, value);
    }

    public void Add(string key, IReadOnlyCollection<string> values)
    {
        BeginArray(key, GgufValueType.String, values.Count);
        foreach (var value in values) WriteString(_fields, value);
    }

    public void Add(string key, IReadOnlyCollection<float> values)
    {
        BeginArray(key, GgufValueType.Float32, values.Count);
        foreach (var value in values) _fields.Write(value);
    }

    public void Add(string key, IReadOnlyCollection<int> values)
    {
        BeginArray(key, GgufValueType.Int32, values.Count);
        foreach (var value in values) _fields.Write(value);
    }

    public void Add(GgufTensor tensor) => _tensors.Add(tensor);

    /// <param name="destination">Must be seekable: alignment is counted from its beginning.</param>
    public void WriteTo(Stream destination)
    {
        using var output = new BinaryWriter(destination, Encoding.UTF8, leaveOpen: true);
        output.Write("GGUF"u8);
        output.Write(Version);
        output.Write((ulong)_tensors.Count);
        output.Write(_fieldCount);
        output.Write(_metadata.GetBuffer().AsSpan(0, (int)_metadata.Length));
        WriteDirectory(output);
        Align(output);
        foreach (var tensor in _tensors)
        {
            for (var left = tensor.ElementCount; left > 0; left--) output.Write(tensor.Fill());
            Align(output);
        }
    }

    private void WriteDirectory(BinaryWriter output)
    {
        var offsetBytes = 0UL;
        foreach (var tensor in _tensors)
        {
            WriteString(output, tensor.Name);
            output.Write((uint)tensor.Extents.Length);
            foreach (var extent in tensor.Extents) output.Write(extent);
            output.Write(FloatTensor);
            output.Write(offsetBytes);
            offsetBytes += RoundUp(tensor.ElementCount * sizeof(float));
        }
    }

    private void Begin(string key, GgufValueType type)
    {
        WriteString(_fields, key);
        _fields.Write((uint)type);
        _fieldCount++;
    }

    private void BeginArray(string key, GgufValueType element, int count)
    {
        Begin(key, GgufValueType.Array);
        _fields.Write((uint)element);
        _fields.Write((ulong)count);
    }

    private static void WriteString(BinaryWriter output, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        output.Write((ulong)bytes.Length);
        output.Write(bytes);
    }

    private static void Align(BinaryWriter output)
    {
        output.Flush();
        var position = (ulong)output.BaseStream.Position;
        for (var left = RoundUp(position) - position; left > 0; left--) output.Write((byte)0);
    }

    private static ulong RoundUp(ulong bytes) => (bytes + AlignmentBytes - 1) / AlignmentBytes * AlignmentBytes;
}
