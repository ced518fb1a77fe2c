using System.Text;
using System.Text.Json;
using Sidecar.Http.Requests;
using Sidecar.Proxy.Line;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Tests.Http;
using Sidecar.Workloads;

namespace Sidecar.Tests.Telemetry;

public class RequestLogTests
{
    [Theory]
    [InlineData(LogLevel.Debug, true)]
    [InlineData(LogLevel.Info, false)]
    public async Task EachRequest_IsALine_AtLevelDebug(LogLevel level, bool isWritten)
    {
        const string text = "POST /v1/x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n";
        var output = new StringWriter();
        await using (var log = new Log(output, level, LogFormat.Json, TimeProvider.System))
        {
            var requests = new RequestLog(log);
            Assert.Equal(isWritten, requests.WantsTexts);
            requests.OnEnded(Record(Heads.Valid(text), Heads.Bytes(text), "fraud"));
        }

        var line = """
            "level":"debug","event":"request","method":"POST","target":"/v1/x?y=1","workload_id":"fraud",
            "request_body_bytes":"12","status":"200","outcome":"completed"
            """.ReplaceLineEndings("");
        Assert.Equal(isWritten, output.ToString().Contains(line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('"')]
    public async Task LongTarget_IsShortened_AndNothingElseIs(char letter)
    {
        var target = $"/{new string(letter, 32 * 1024)}";
        var id = new string('\u001b', WorkloadContext.IdLengthMax);
        var output = new StringWriter();
        await using (var log = new Log(output, LogLevel.Debug, LogFormat.Json, TimeProvider.System))
        {
            var text = Encoding.ASCII.GetBytes($"POST {target}");
            var head = new RequestHead { MethodName = new(0, 4), Target = new(5, target.Length) };
            new RequestLog(log).OnEnded(Record(head, text, id));
        }

        using var read = JsonDocument.Parse($"{output}");
        var line = read.RootElement;
        Assert.Equal(target[..1024] + "...", line.GetProperty("target").GetString());
        Assert.Equal(
            ["POST", id, "12", "200", "completed"],
            new[] { "method", "workload_id", "request_body_bytes", "status", "outcome" }
                .Select(name => line.GetProperty(name).GetString()));
    }

    private static RequestRecord Record(RequestHead head, ReadOnlySpan<byte> source, string workloadId)
    {
        var record = new RequestRecord
        {
            WorkloadId = workloadId, Outcome = Outcome.Completed, RequestBodyBytes = 12, Status = 200,
        };
        RecordTexts.Fill(record, head, source);
        return record;
    }
}
