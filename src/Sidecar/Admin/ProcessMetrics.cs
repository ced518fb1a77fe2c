using System.Diagnostics;
using System.Reflection;
using System.Text;
using Sidecar.Transport;

namespace Sidecar.Admin;

/// <summary>The figures of the process and of its garbage collector, by Prometheus' usual names.</summary>
internal static class ProcessMetrics
{
    internal static void Write(ExpositionWriter page)
    {
        using var process = Process.GetCurrentProcess();
        page.Single("process_cpu_seconds_total", "counter", "Processor time, user and system.",
            process.TotalProcessorTime.TotalSeconds);
        page.Single("process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        page.Single("process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
            new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000d);
        page.Single("process_open_fds", "gauge", "Open file descriptors.", Directory.GetFiles("/proc/self/fd").Length);
        page.Single("process_max_fds", "gauge", "Most file descriptors.", DescriptorLimit.Current);
        page.Single("process_threads", "gauge", "Threads.", process.Threads.Count);
        page.Single("dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated on the managed heap.",
            GC.GetTotalAllocatedBytes(precise: true));
        page.Single("dotnet_gc_heap_bytes", "gauge", "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        page.Single("dotnet_gc_pause_seconds_total", "counter", "Time in which collections held all threads.",
            GC.GetTotalPauseDuration().TotalSeconds);
        const string collections = "dotnet_gc_collections_total";
        page.Family(collections, "counter", "Collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            page.Sample(collections, "generation", Encoding.ASCII.GetBytes($"{generation}"),
                GC.CollectionCount(generation));
        }
        page.Family("sidecar_build_info", "gauge", "1; the label tells the version.");
        page.Sample("sidecar_build_info", "version", Encoding.ASCII.GetBytes(Version), 1);
    }

    internal static string Version { get; } = typeof(ProcessMetrics).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
