using System.Reflection;
using Sidecar.Transport.Kernel;

namespace Sidecar.Admin;

/// <summary>
/// The figures of the process and of its garbage collector, by Prometheus' usual names. Nothing here stops the threads
/// of the data plane: the bytes allocated are counted by the 8 KiB that a thread takes at once, since an exact figure
/// would have to suspend them all.
/// </summary>
internal static class ProcessMetrics
{
    private static readonly string[] Generations = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(n => $"{n}")];

    internal static string Version { get; } = typeof(ProcessMetrics).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    internal static void Write(ExpositionWriter page)
    {
        var (threads, residentBytes) = ProcessFigures.ThreadsAndResidentBytes();
        page.Single("process_cpu_seconds_total", "counter", "Processor time, user and system.",
            Environment.CpuUsage.TotalTime.TotalSeconds);
        page.Single("process_resident_memory_bytes", "gauge", "Resident memory.", residentBytes);
        page.Single("process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
            ProcessFigures.StartSeconds);
        page.Single("process_open_fds", "gauge", "Open file descriptors.", ProcessFigures.OpenDescriptors());
        page.Single("process_max_fds", "gauge", "Most file descriptors.", DescriptorLimit.Current);
        page.Single("process_threads", "gauge", "Threads.", threads);
        page.Single("dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated on the managed heap.",
            GC.GetTotalAllocatedBytes(precise: false));
        page.Single("dotnet_gc_heap_bytes", "gauge", "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        page.Single("dotnet_gc_pause_seconds_total", "counter", "Time in which collections held all threads.",
            GC.GetTotalPauseDuration().TotalSeconds);
        const string collections = "dotnet_gc_collections_total";
        page.Family(collections, "counter", "Collections by generation.");
        for (var generation = 0; generation < Generations.Length; generation++)
            page.Sample(collections, "generation", Generations[generation], GC.CollectionCount(generation));
        page.Family("sidecar_build_info", "gauge", "1; the label tells the version.");
        page.Sample("sidecar_build_info", "version", Version, 1);
    }
}
