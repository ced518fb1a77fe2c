using System.Runtime.InteropServices;
using System.Text;

namespace Sidecar.Host;

/// <summary>
/// Standard output and error, which may be closed, full, or read by nobody: none of that ends the process.
/// </summary>
internal static partial class StandardStreams
{
    private const int Output = 1, Error = 2;

    /// <summary>
    /// Has to come first. Where a stream was closed by whoever started the process, its number goes to the next thing
    /// that is opened, a client's connection for one, which must not be written to.
    /// </summary>
    internal static void Prepare()
    {
        Console.SetOut(Writer(Output, flushes: true));
        Console.SetError(Writer(Error, flushes: true));
    }

    /// <summary>For the log, which flushes by itself.</summary>
    internal static TextWriter LogWriter() => Writer(Output, flushes: false);

    /// <summary>False where standard output did not take it; there is nobody to be told.</summary>
    internal static bool TryPrint(string text) => TryWrite(Console.Out, text);

    /// <summary>A line on standard error, as far as that takes it.</summary>
    internal static void Complain(string line) => TryWrite(Console.Error, line + "\n");

    private static TextWriter Writer(int descriptor, bool flushes) => IsInherited(descriptor)
        ? new StreamWriter(new DescriptorStream(descriptor), new UTF8Encoding(false)) { AutoFlush = flushes }
        : TextWriter.Null;

    /// <summary>
    /// What comes through exec(2) has no mark to be closed by it; what this process has opened has one.
    /// </summary>
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
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int DescriptorControl(int descriptor, int command);
}
