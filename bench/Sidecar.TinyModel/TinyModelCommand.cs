using Sidecar.CommandLine;

namespace Sidecar.TinyModel;

/// <summary>Writes the random model that <c>scripts/llama-server</c> serves.</summary>
public static class TinyModelCommand
{
    private const string Usage = "Sidecar.TinyModel OUT.gguf [--embedding 256] [--layers 4] [--seed 1]";

    public static int Run(ReadOnlySpan<string> args)
    {
        var arguments = Arguments.Parse(args, ["embedding", "layers", "seed"]);
        if (arguments.Words is not [var path]) throw new UsageException(Usage);
        var options = new RandomModelOptions(
            Embedding: arguments.Integer("embedding", 256, 32, 4096),
            Layers: arguments.Integer("layers", 4, 1, 64),
            Seed: arguments.Integer("seed", 1, 0, int.MaxValue));
        if (options.Embedding % 32 != 0) throw new UsageException("--embedding must be a multiple of 32");

        // Under another name until it is whole: a script that finds the file takes it as ready.
        var partial = path + ".partial";
        using (var file = File.Create(partial, 1 << 16)) RandomModel.Write(file, options);
        File.Move(partial, path, overwrite: true);
        Console.WriteLine($"tiny-model: {path}, {new FileInfo(path).Length / 1_000_000.0:F1} MB");
        return 0;
    }
}
