using System.Runtime.InteropServices;
using System.Text;

namespace Sidecar.Host;

/// <summary>Standard output and error, which may be closed, full, or read by nobody: none of that ends the process.</summary>
internal static partial class StandardStreams
{
    private const int Output = 1, Error = 2;

    /// <summary>
    /// Has to come first. Where a stream was closed by whoever started the process, its number goes to the next thing
    /// that is opened, a client's connection for one, which must not be written to.
    /// </summary>
    internal static void Prepare()
    {
        if (!IsInherited(Output)) Console.SetOut(TextWriter.Null);
        if (!IsInherited(Error)) Console.SetError(TextWriter.Null);
        // Opened now, while there are descriptors.
        _ = (Console.Out, Console.Error);
    }

    /// <summary>For the log, without the lock and the flush after each line of <see cref="Console.Out"/>.</summary>
    internal static TextWriter LogWriter() => IsInherited(Output)
        ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false))
        : TextWriter.Null;

    /// <summary>False where standard output did not take it; there is nobody to be told.</summary>
    internal static bool TryPrint(string text) => TryWrite(Console.Out, text);

    /// <summary>A line on standard error, as far as that takes it.</summary>
    internal static void Complain(string line) => TryWrite(Console.Error, line + "\n");

    /// <summary>What comes through exec(2) has no mark to be closed by it; what this process has opened has one.</summary>
    private static bool IsInherited(int descriptor)
    {
        const int getFlags = 1, closeOnExec = 1;
        var flags = DescriptorControl(descriptor, getFlags);
        return flags >= 0 && (flags & closeOnExec) == 0;
    }

    private static bool TryWrite(TextWriter writer, string text)
    {
        try
        {
            writer.Write(text);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int DescriptorControl(int descriptor, int command);
}
