using System.Text;
using Sidecar.Engines.Pages;

namespace Sidecar.Tests.Engines.Pages;

public class EnginePageTests
{
    [Theory]
    [InlineData(RecordedPages.Vllm, "vLLM", 80, 5, 0.72, 5, 1234510)]
    [InlineData(RecordedPages.Sglang, "SGLang", 12, 1, 0.28, -1, 7557572)]
    [InlineData(RecordedPages.LlamaCpp, "llama.cpp", 4, 8, double.NaN, -1, 1729)]
    [InlineData(RecordedPages.TensorRtLlm, "TensorRT-LLM", 6, 2, 0.5, -1, double.NaN)]
    [InlineData(RecordedPages.Triton, "Triton", 7, 1, 0.25, -1, double.NaN)]
    [InlineData(RecordedPages.Tgi, "TGI", 16, 3, double.NaN, -1, 4096)]
    public void EveryEngine_IsRecognised_AndItsEnginesAreSummed(
        string page, string engine, int running, int waiting, double cacheUsage, long preemptions, double progress)
    {
        Assert.Null(EnginePage.Read(Encoding.UTF8.GetBytes(page), out var figures));

        Assert.Equal(new EngineFigures(engine, running, waiting, cacheUsage, preemptions, progress), figures);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("tgi_queue_size 3\ntgi_batch_current_size 1")]
    [InlineData("tgi_queue_size 3\n")]
    [InlineData("tgi_batch_current_size 3\n")]
    [InlineData("tgi_queue_size NaN\ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size -1\ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size 1e300\ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size +Inf\ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size 1x\ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size \ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size 1\ntgi_queue_size 1\ntgi_batch_current_size 1\n")]
    [InlineData("tgi_queue_size 1\ntgi_batch_current_size 1\nllamacpp:requests_deferred 1\n")]
    [InlineData("sglang:num_running_reqs 1\nsglang:num_queue_reqs 0\nsglang:token_usage 71.5\n")]
    [InlineData("<html>\n<body>404</body>\n")]
    [InlineData("\0\u0001\u0002{{{}}}} }\n{\n}\n 1\n")]
    public void PageThatIsNone_IsRefused_WithAReason(string page) =>
        Assert.NotEmpty(EnginePage.Read(Encoding.Latin1.GetBytes(page), out _)!);

    [Theory]
    [InlineData("tgi_queue_size 3 1700000000000\ntgi_batch_current_size 2.0\n# EOF\n")]
    [InlineData("tgi_queue_size{} 3\r\ntgi_batch_current_size{a=\"}\"} 2\n")]
    public void TimesEmptyLabelsAndOpenMetricsEnd_AreNoFault(string page)
    {
        var fault = EnginePage.Read(Encoding.UTF8.GetBytes(page.Replace("\r", "")), out var figures);

        Assert.Null(fault);
        Assert.Equal((2, 3), (figures.Running, figures.Waiting));
    }

    [Fact]
    public void AnyBytes_AreReadOrRefused()
    {
        var random = new Random(1);
        var pages = new[] { RecordedPages.Vllm, RecordedPages.Triton, RecordedPages.LlamaCpp };
        for (var i = 0; i < 20_000; i++)
        {
            var page = Encoding.UTF8.GetBytes(pages[i % pages.Length]);
            for (var n = random.Next(1, 6); n > 0; n--) page[random.Next(page.Length)] = (byte)random.Next(256);
            if (EnginePage.Read(page.AsSpan(0, random.Next(page.Length + 1)), out var figures) is not null) continue;
            Assert.InRange(figures.Running, 0, 2_000_000);
            Assert.InRange(figures.Waiting, 0, 2_000_000);
        }
    }

    [Theory]
    [InlineData("""{"a":{"total_slots":"x"},"total_slots":4}""", 0)]
    [InlineData("""{"default_generation_settings":{"n_ctx":1024},"total_slots":4,"model_path":"/m"}""", 4)]
    [InlineData("""{"total_slots":0}""", 0)]
    [InlineData("""{"total_slots":-4}""", 0)]
    [InlineData("""{"total_slots":1e9}""", 0)]
    [InlineData("""{"total_slots":4""", 0)]
    [InlineData("""{"total_slots":""", 0)]
    [InlineData("<html>", 0)]
    [InlineData("", 0)]
    public void Size_IsToldByLlamaCpp(string json, int size) =>
        Assert.Equal(size, EngineSize.Of(Encoding.UTF8.GetBytes(json)));
}
