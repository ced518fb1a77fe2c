using Sidecar.Load.CommandLine;

namespace Sidecar.Load.Commands;

public static class DemoCommand
{
    public const string Usage = "demo [--binary artifacts/publish/sidecar]";

    public static Task<int> RunAsync(string[] args, CancellationToken stop) => throw new UsageException("not yet");
}
