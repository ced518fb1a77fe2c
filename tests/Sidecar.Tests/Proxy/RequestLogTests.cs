using Sidecar.Http;
using Sidecar.Proxy;
using Sidecar.Telemetry;
using Sidecar.Tests.Http;

namespace Sidecar.Tests.Proxy;

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
            requests.Begin(Heads.Valid(text), Heads.Bytes(text));
            requests.End(Outcome.Completed, 12, 200, "fraud");
        }

        var line = """
            "level":"debug","event":"request","method":"POST","target":"/v1/x?y=1","workload_id":"fraud",
            "request_body_bytes":"12","status":"200","outcome":"completed"
            """.ReplaceLineEndings("");
        Assert.Equal(isWritten, output.ToString().Contains(line, StringComparison.Ordinal));
    }
}
