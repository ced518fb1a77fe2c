using System.Text;
using Sidecar.Fuzz.Reference;
using Sidecar.Workloads;

namespace Sidecar.Fuzz.Targets;

/// <summary>The workload context's decoder.</summary>
internal sealed class ContextTarget : IFuzzTarget
{
    private const int DefaultCriticality = 3;

    public string Name => "context";

    public IReadOnlyList<string> Seeds =>
    [
        """{"workload_id":"fraud-detection","criticality":5}""",
        """{"criticality":1,"workload_id":"batch","ttft_ms":250}""",
        " \t{ \"workload_id\" : \"a\" , \"criticality\" : -2 , \"extra\" : [ {} , [ 1.5e3 , null , true ] ] } \t",
        """{"workload_id":"\u00e9\u20ac\ud83d\ude00 \"\\\/\b\f\n\r\t","criticality":99999999999999999999}""",
        """{"workload\u005fid":"a","criticalit\u0079":null,"ttft_ms":0}""",
        """{"workload_id":"first","workload_id":"last","criticality":1,"criticality":4}""",
        "{\"workload_id\":\"\xc3\xa9\xe2\x82\xac\"}",
        """[{"workload_id":"a"}]""",
    ];

    public IReadOnlyList<string> Words =>
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0061", "null", "true", "false", "0",
        "5", "-", "+", ".", "e", "1e5", "\"workload_id\":", "\"criticality\":", "\"ttft_ms\":", " ", "\t", "\xef",
        "\xc3", "\xa9", "\xff", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "\"a\"", ",\"b\":[[[{}]]]",
    ];

    public FuzzVerdict Try(ReadOnlySpan<byte> input, Random random)
    {
        // No field's value holds these (RFC 9110 section 5.5).
        if (input.ContainsAny("\r\n\0"u8)) return default;
        Span<byte> scratch = stackalloc byte[WorkloadContext.IdLengthMax];
        var read = WorkloadContextReader.Read(input, scratch, DefaultCriticality);
        var actual = new ReferenceContext(
            Encoding.Latin1.GetString(read.WorkloadId), read.Criticality, read.TtftMilliseconds, read.Fault);
        var expected = ReferenceContext.Read(Encoding.Latin1.GetString(input), DefaultCriticality);
        var isAccepted = expected.Fault is not (ContextFault.Malformed or ContextFault.Empty);
        return actual == expected
            ? new FuzzVerdict(isAccepted, null)
            : FuzzVerdict.Of(isAccepted, $"{actual}", $"{expected}");
    }
}
