using System.Buffers.Text;
using System.Diagnostics;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Sidecar.Admin;

/// <summary>
/// What Linux tells of this process, by a few small reads: a page is asked for up to twenty times a second, and
/// <see cref="Process"/> reads a file for each thread. Safe from any thread; allocates some hundred bytes at most, but
/// on a kernel before 6.2 some for the folder of descriptors.
/// </summary>
internal static unsafe partial class ProcessFigures
{
    private const string StatFile = "/proc/self/stat", DescriptorsFolder = "/proc/self/fd";

    /// <summary>proc_pid_stat(5), counted from the name's closing parenthesis.</summary>
    private const int ThreadsField = 18, ResidentPagesField = 22;

    internal static double StartSeconds { get; } = ReadStartSeconds();

    /// <summary>Zeros where the file cannot be read, as when no descriptor is left.</summary>
    internal static (int Threads, long ResidentBytes) ThreadsAndResidentBytes()
    {
        Span<byte> text = stackalloc byte[1024];
        try
        {
            using var file = File.OpenHandle(StatFile, share: FileShare.ReadWrite | FileShare.Delete);
            text = text[..RandomAccess.Read(file, text, 0)];
        }
        catch (IOException)
        {
            return default;
        }
        // The name may hold spaces and parentheses itself, so the last one counts.
        var fields = text[(text.LastIndexOf((byte)')') + 1)..];
        return ((int)Field(fields, ThreadsField), Field(fields, ResidentPagesField) * Environment.SystemPageSize);
    }

    internal static long OpenDescriptors()
    {
        // struct statx (statx(2)): 256 bytes, the size at offset 40, the same on all machines.
        const int atWorkingFolder = -100, size = 0x200, sizeOffset = 40, structBytes = 256;
        byte* status = stackalloc byte[structBytes];
        fixed (byte* path = "/proc/self/fd\0"u8)
        {
            // Since Linux 6.2 the folder's size is the number of its entries.
            var isRead = StatX(atWorkingFolder, path, 0, size, status) == 0;
            if (isRead && *(long*)(status + sizeOffset) is var count and > 0) return count;
        }
        return new FileSystemEnumerable<byte>(DescriptorsFolder, static (ref _) => 0).Count();
    }

    private static long Field(ReadOnlySpan<byte> fields, int number)
    {
        foreach (var range in fields.Split((byte)' '))
        {
            if (number-- == 0) return Utf8Parser.TryParse(fields[range], out long value, out _) ? value : 0;
        }
        return 0;
    }

    private static double ReadStartSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000d;
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int StatX(int folder, byte* path, int flags, uint mask, byte* status);
}
