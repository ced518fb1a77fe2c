using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sidecar.Admin;
using Sidecar.Tests.Proxy;

namespace Sidecar.Tests.Admin;

public class MetricsPageTests
{
    [Fact]
    public async Task LongPage_ComesInPieces_AndIsWhole()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        for (var i = 0; i < 2_000; i++) sidecar.Workloads.Enter(Encoding.ASCII.GetBytes($"workload-{i}"), 0);
        var pieces = new Pieces();

        await WriteAsync(new MetricsPage(AdminHarness.Sources(sidecar)), pieces);
        Assert.InRange(pieces.Longest, 1, 16 * 1024);
        var page = Exposition.Parse(Encoding.UTF8.GetString(pieces.ToArray()));
        const string total = "workload_total_requests{";
        Assert.Equal(1_000, page.Keys.Count(name => name.StartsWith(total, StringComparison.Ordinal)));
        Assert.Equal(2_000 - 999, page["workload_total_requests{workload_id=\"other\"}"]);
        Assert.Equal(1, page["sidecar_build_info{version=\"" + ProcessMetrics.Version + "\"}"]);
    }

    /// <summary>Whoever reads slowly, or not at all, holds one piece and not the page.</summary>
    [Fact]
    public async Task ReaderThatStops_HoldsThePageUp()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        for (var i = 0; i < 1_000; i++) sidecar.Workloads.Enter(Encoding.ASCII.GetBytes($"workload-{i}"), 0);
        var pieces = new Pieces { IsTaken = new TaskCompletionSource() };

        var writing = WriteAsync(new MetricsPage(AdminHarness.Sources(sidecar)), pieces);
        Assert.Equal(1, pieces.Count);
        Assert.False(writing.IsCompleted);
        pieces.IsTaken.SetResult();
        await writing;
        Assert.True(pieces.Count > 10);
    }

    /// <summary>It is asked for up to twenty times a second.</summary>
    [Fact]
    public async Task Page_AllocatesLittle()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        for (var i = 0; i < 500; i++) sidecar.Workloads.Enter(Encoding.ASCII.GetBytes($"workload-{i}"), 0);
        var page = new MetricsPage(AdminHarness.Sources(sidecar));
        var context = new DefaultHttpContext();

        var bytes = Allocations.PerWarmRoundBytes(() =>
        {
            using var body = new PageBody(context);
            var writing = page.WriteAsync(body);
            Assert.True(writing.IsCompletedSuccessfully, "it waited");
        });
        Assert.InRange(bytes, 0, 4 * 1024);
    }

    [Fact]
    public async Task Process_IsAsTheRuntimeSeesIt()
    {
        await using var sidecar = await ProxyHarness.StartAsync();
        var pieces = new Pieces();
        await WriteAsync(new MetricsPage(AdminHarness.Sources(sidecar)), pieces);
        var page = Exposition.Parse(Encoding.UTF8.GetString(pieces.ToArray()));
        using var process = Process.GetCurrentProcess();

        // Other tests run beside this one, so the figures move.
        Assert.InRange(page["process_threads"], process.Threads.Count / 2d, process.Threads.Count * 2d);
        Assert.InRange(page["process_resident_memory_bytes"], process.WorkingSet64 / 2d, process.WorkingSet64 * 2d);
        Assert.InRange(page["process_cpu_seconds_total"], 0.01, process.TotalProcessorTime.TotalSeconds);
        Assert.Equal(new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000d,
            page["process_start_time_seconds"], 1);
        var descriptors = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        Assert.InRange(page["process_open_fds"], descriptors / 2d, descriptors * 2d);
        var allocated = GC.GetTotalAllocatedBytes(precise: false);
        Assert.InRange(page["dotnet_gc_allocated_bytes_total"], 1, allocated);
    }

    private static async Task WriteAsync(MetricsPage page, Pieces pieces)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pieces));
        using var body = new PageBody(context);
        await page.WriteAsync(body);
        await body.EndAsync();
    }

    /// <summary>Takes what is written, once it may.</summary>
    private sealed class Pieces : MemoryStream
    {
        internal int Count { get; private set; }

        internal int Longest { get; private set; }

        internal TaskCompletionSource? IsTaken { get; init; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation = default)
        {
            Count++;
            Longest = Math.Max(Longest, piece.Length);
            Write(piece.Span);
            if (IsTaken is not null) await IsTaken.Task;
        }
    }
}
