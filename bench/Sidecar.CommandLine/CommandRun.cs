namespace Sidecar.CommandLine;

/// <summary>One run of a program: its exit code; wrong usage and Ctrl-C are a line instead of a stack.</summary>
public static class CommandRun
{
    private const int WrongUsage = 2, Interrupted = 130;

    /// <param name="program">The name that the line begins with.</param>
    /// <param name="run">What the program does, until the token asks it to stop.</param>
    public static async Task<int> RunAsync(string program, Func<CancellationToken, Task<int>> run)
    {
        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stopping.Cancel();
        };
        try
        {
            return await run(stopping.Token);
        }
        catch (UsageException fault)
        {
            Console.Error.WriteLine($"{program}: {fault.Message}");
            return WrongUsage;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.Error.WriteLine($"{program}: stopped");
            return Interrupted;
        }
    }
}
