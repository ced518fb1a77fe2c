using Sidecar.Load.CommandLine;
using Sidecar.Load.Commands;

using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stopping.Cancel();
};

try
{
    return await CommandTable.RunAsync(args, stopping.Token);
}
catch (UsageException fault)
{
    Console.Error.WriteLine($"Sidecar.Load: {fault.Message}");
    return 2;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    Console.Error.WriteLine("Sidecar.Load: stopped");
    return 130;
}
