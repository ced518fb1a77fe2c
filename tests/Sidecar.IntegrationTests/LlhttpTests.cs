using System.Diagnostics;
using Sidecar.Fuzz.Upstream;

namespace Sidecar.IntegrationTests;

/// <summary>What Node's parser reads behind the sidecar, against what the sidecar says that it has read.</summary>
public class LlhttpTests
{
    private const int Requests = 20_000;

    [Fact]
    public async Task MutatedRequests_AreReadAlike()
    {
        Assert.SkipUnless(IsThere("node"), "NOT RUN: Node is missing (Debian: nodejs)");
        var run = new UpstreamRun(SidecarProcess.Binary);

        await run.RunAsync(Requests, _ => { });

        Assert.Empty(run.Faults);
        Assert.Equal(run.ReadBySidecar, run.ReadByNode);
        Assert.InRange(run.ReadByNode, Requests / 10, Requests);
    }

    private static bool IsThere(string program)
    {
        try
        {
            var start = new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
