using Sidecar.CommandLine;

namespace Sidecar.Load.Commands;

/// <summary>The commands by name, and their help.</summary>
public static class CommandTable
{
    private const string Usage = $"""
        Sidecar.Load: load for the sidecar; sends to loopback only.

          {RunCommand.Usage}
          {CompareCommand.Usage}
          {CapacityCommand.Usage}

        Load of run and compare, the same for every target:
          --rate R --classes 5:0.1,3:0.3,1:0.6   Poisson arrivals, R a second; criticality:share
          --prompt 16 --tokens 64                tokens of prompt and answer
          --trace FILE=CRITICALITY               instead: recorded arrivals (TIMESTAMP,ContextTokens,GeneratedTokens);
                                                 repeatable, side by side
          --speed 1 --skip 0s                    how much faster than recorded, and from where
          --token-scale 1 --token-max 512        lengths for a smaller model
          --duration 30s                         of the arrivals; answers are waited for up to --drain 120s
          --whole                                whole answers instead of streamed ones
          --model tiny --quiet
        """;

    /// <returns>0: done, and what was expected held. 1: it did not hold. 2: wrong usage.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        switch (args)
        {
            case ["run", .. var rest]:
                return await RunCommand.RunAsync(rest, stop);
            case ["compare", .. var rest]:
                return await CompareCommand.RunAsync(rest, stop);
            case ["capacity", .. var rest]:
                return await CapacityCommand.RunAsync(rest, stop);
            case [] or ["--help"] or ["-h"] or ["help"]:
                Console.WriteLine(Usage);
                return 0;
            default:
                throw new UsageException($"unknown command '{args[0]}' (see --help)");
        }
    }
}
