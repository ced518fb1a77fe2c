using System.Globalization;

namespace Sidecar.TinyModel;

/// <summary>A llama-architecture model with random weights and a vocabulary of single bytes: it says nonsense, but
/// makes llama.cpp's server do all that it does for a real one (prompt, batch, sampling, streaming). Names of keys
/// and tensors: the GGUF specification, "Standardized key-value pairs" and "Standardized tensor names".</summary>
public static class RandomModel
{
    private const int Heads = 4;
    private const double WeightDeviation = 0.02; // the usual initialisation: activations neither vanish nor explode

    private enum TokenKind
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        Byte = 6,
    }

    public static void Write(Stream destination, RandomModelOptions options)
    {
        var vocabulary = Vocabulary();
        var writer = new GgufWriter();
        AddArchitecture(writer, options, vocabulary.Count);
        AddVocabulary(writer, vocabulary);
        AddTensors(writer, options, (ulong)vocabulary.Count);
        writer.WriteTo(destination);
    }

    private static List<(string Text, TokenKind Kind)> Vocabulary()
    {
        List<(string, TokenKind)> tokens =
            [("<unk>", TokenKind.Unknown), ("<s>", TokenKind.Control), ("</s>", TokenKind.Control)];
        for (var value = 0; value < 256; value++)
            tokens.Add((string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), TokenKind.Byte));
        // The tokenizer wants printable pieces too: it falls back to bytes only for what they do not cover.
        for (var letter = '!'; letter <= '~'; letter++) tokens.Add((letter.ToString(), TokenKind.Normal));
        tokens.Add(("\u2581", TokenKind.Normal)); // SentencePiece's mark for a space
        return tokens;
    }

    private static void AddArchitecture(GgufWriter writer, RandomModelOptions options, int vocabularyCount)
    {
        writer.Add("general.architecture", "llama");
        writer.Add("general.name", "tiny-random");
        writer.Add("llama.vocab_size", (uint)vocabularyCount);
        writer.Add("llama.context_length", (uint)options.Context);
        writer.Add("llama.embedding_length", (uint)options.Embedding);
        writer.Add("llama.feed_forward_length", (uint)options.Embedding * 2);
        writer.Add("llama.block_count", (uint)options.Layers);
        writer.Add("llama.attention.head_count", (uint)Heads);
        writer.Add("llama.attention.head_count_kv", (uint)Heads);
        writer.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        writer.Add("llama.rope.dimension_count", (uint)(options.Embedding / Heads));
    }

    private static void AddVocabulary(GgufWriter writer, List<(string Text, TokenKind Kind)> tokens)
    {
        writer.Add("tokenizer.ggml.model", "llama");
        writer.Add("tokenizer.ggml.tokens", tokens.ConvertAll(token => token.Text));
        writer.Add("tokenizer.ggml.token_type", tokens.ConvertAll(token => (int)token.Kind));
        writer.Add("tokenizer.ggml.scores", tokens.ConvertAll(token => token.Kind == TokenKind.Normal ? -1f : 0f));
        writer.Add("tokenizer.ggml.unknown_token_id", 0u);
        writer.Add("tokenizer.ggml.bos_token_id", 1u);
        writer.Add("tokenizer.ggml.eos_token_id", 2u);
    }

    private static void AddTensors(GgufWriter writer, RandomModelOptions options, ulong vocabulary)
    {
        var width = (ulong)options.Embedding;
        var random = new Random(options.Seed);
        float Weight() => (float)(WeightDeviation * Gaussian(random));

        writer.Add(new GgufTensor("token_embd.weight", [width, vocabulary], Weight));
        for (var layer = 0; layer < options.Layers; layer++)
        {
            foreach (var part in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
                writer.Add(new GgufTensor($"blk.{layer}.{part}.weight", [width, width], Weight));
            writer.Add(new GgufTensor($"blk.{layer}.ffn_gate.weight", [width, width * 2], Weight));
            writer.Add(new GgufTensor($"blk.{layer}.ffn_up.weight", [width, width * 2], Weight));
            writer.Add(new GgufTensor($"blk.{layer}.ffn_down.weight", [width * 2, width], Weight));
            writer.Add(new GgufTensor($"blk.{layer}.attn_norm.weight", [width], () => 1f));
            writer.Add(new GgufTensor($"blk.{layer}.ffn_norm.weight", [width], () => 1f));
        }
        writer.Add(new GgufTensor("output_norm.weight", [width], () => 1f));
        writer.Add(new GgufTensor("output.weight", [width, vocabulary], Weight));
    }

    /// <remarks>Box and Muller, 1958: two uniform numbers make a normal one.</remarks>
    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
