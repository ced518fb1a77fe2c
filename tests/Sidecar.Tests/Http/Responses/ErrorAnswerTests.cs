using System.Text.Json;
using Sidecar.Http;
using Sidecar.Http.Responses;

namespace Sidecar.Tests.Http.Responses;

public class ErrorAnswerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answer_IsAResponseWithTheErrorObject(bool headOnly)
    {
        var bytes = new byte[ErrorAnswer.BytesMax];
        var length = ErrorAnswer.Write(
            bytes, 429, "queue-full"u8, "The \"queue\" is\r\nfull."u8, "rate_limit_error"u8,
            retryAfterSeconds: 7, keepAlive: true, headOnly: headOnly);
        var text = Heads.Text(bytes.AsSpan(0, length));
        var head = Heads.ValidResponse(text, headOnly ? KnownMethod.Head : KnownMethod.Get);
        Assert.StartsWith("HTTP/1.1 429 Too Many Requests\r\n", text);
        Assert.Contains("\r\nx-sidecar-reason: queue-full\r\n", text);
        Assert.Contains("\r\nRetry-After: 7\r\n", text);
        Assert.DoesNotContain("Connection: close", text);
        Assert.Equal(length, head.HeadLength + (headOnly ? 0 : head.ContentLength));
        if (headOnly) return;
        using var body = JsonDocument.Parse(bytes.AsMemory(head.HeadLength, (int)head.ContentLength));
        var error = body.RootElement.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.Equal("The 'queue' is  full.", error.GetProperty("message").GetString());
        Assert.Equal("rate_limit_error", error.GetProperty("type").GetString());
        Assert.Equal("queue-full", error.GetProperty("code").GetString());
    }

    [Fact]
    public void Closed_WithoutRetryAfter()
    {
        var bytes = new byte[ErrorAnswer.BytesMax];
        var length = ErrorAnswer.Write(bytes, 400, "malformed"u8, "m"u8, "t"u8);
        var text = Heads.Text(bytes.AsSpan(0, length));
        Assert.False(Heads.ValidResponse(text).KeepAlive);
        Assert.DoesNotContain("Retry-After", text);
    }

    [Fact]
    public void LongTexts_AreCutToTheBound()
    {
        var text = Heads.Bytes(new string('x', 5000));
        var length = ErrorAnswer.Write(
            new byte[ErrorAnswer.BytesMax], 431, text, text, text, int.MaxValue, keepAlive: true);
        Assert.InRange(length, 1, ErrorAnswer.BytesMax);
    }

    [Fact]
    public void EveryFault_HasStatusReasonAndMessage()
    {
        var messages = new HashSet<string>();
        foreach (var fault in Enum.GetValues<HttpFault>())
        {
            Assert.False(StatusReasons.Of(HttpFaults.StatusOf(fault)).IsEmpty);
            Assert.False(HttpFaults.ReasonOf(fault).IsEmpty);
            var message = HttpFaults.MessageOf(fault);
            Assert.InRange(message.Length, 1, ErrorAnswer.MessageBytesMax);
            Assert.True(messages.Add(Heads.Text(message)), fault.ToString());
        }
    }

    [Theory]
    [InlineData(HttpFault.HeadTooLarge, 431)]
    [InlineData(HttpFault.TooManyFields, 431)]
    [InlineData(HttpFault.UnsupportedVersion, 505)]
    [InlineData(HttpFault.UnknownTransferCoding, 501)]
    [InlineData(HttpFault.UnsupportedMethod, 501)]
    [InlineData(HttpFault.UnknownExpectation, 417)]
    [InlineData(HttpFault.HostEmpty, 400)]
    [InlineData(HttpFault.Loop, 508)]
    [InlineData(HttpFault.BareLineFeed, 400)]
    public void Fault_HasItsStatus(HttpFault fault, int status) => Assert.Equal(status, HttpFaults.StatusOf(fault));
}
