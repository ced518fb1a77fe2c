using System.Globalization;
using System.Runtime.InteropServices;

namespace Sidecar.Load.Reporting;

/// <summary>What a figure was measured on, without what names the machine.</summary>
public static class MachineDescription
{
    public static string Read()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        var kernel = File.Exists("/proc/sys/kernel/osrelease")
            ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim().Split('-')[0]
            : Environment.OSVersion.VersionString;
        return string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores of {Processor()}, {memory:F0} GiB, Linux {kernel}, "
            + $"{RuntimeInformation.FrameworkDescription} (load generator)");
    }

    private static string Processor()
    {
        const string Key = "model name";
        if (!File.Exists("/proc/cpuinfo")) return RuntimeInformation.ProcessArchitecture.ToString();
        var line = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal));
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
