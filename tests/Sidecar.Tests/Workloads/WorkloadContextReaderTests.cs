using System.Text;
using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class WorkloadContextReaderTests
{
    private const int DefaultCriticality = 3;

    [Theory]
    [InlineData("""{"workload_id":"fraud-detection","criticality":5}""", "fraud-detection", 5)]
    [InlineData("""{"criticality":1,"workload_id":"batch"}""", "batch", 1)]
    [InlineData(" \t{ \"workload_id\" : \"a\" , \"criticality\" : 2 } \t", "a", 2)]
    [InlineData("""{"workload_id":"a"}""", "a", 3)]
    [InlineData("""{"workload_id":"a","criticality":null}""", "a", 3)]
    [InlineData("""{"workload_id":"a","criticality":4,"extra":{"criticality":1,"b":[1,{}]},"x":[]}""", "a", 4)]
    [InlineData("""{"a":{"workload_id":"inner"},"workload_id":"outer"}""", "outer", 3)]
    [InlineData("""{"workload_id":"first","workload_id":"last","criticality":1,"criticality":5}""", "last", 5)]
    [InlineData("""{"workload\u005fid":"a","criticalit\u0079":5}""", "a", 5)]
    [InlineData("""{"workload_id":"a\u0062\"\\\/\b\f\n\r\t"}""", "ab\"\\/\b\f\n\r\t", 3)]
    [InlineData("""{"workload_id":"\u00e9\u20ac\ud83d\ude00"}""", "é€😀", 3)]
    [InlineData("""{"workload_id":"é€😀"}""", "é€😀", 3)]
    [InlineData("""{"workload_id":"\u0000"}""", "\0", 3)]
    public void WellFormedContext_IsTakenAsItStands(string text, string id, int criticality)
    {
        AssertContext(text, id, criticality, ContextFault.None);
    }

    [Theory]
    [InlineData("", ContextFault.Empty)]
    [InlineData(" \t ", ContextFault.Empty)]
    [InlineData("fraud-detection", ContextFault.Malformed)]
    [InlineData("{", ContextFault.Malformed)]
    [InlineData("}", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":5""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":5} x""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":5}{}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":5},""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a",}""", ContextFault.Malformed)]
    [InlineData("""{'workload_id':'a'}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a"/* c */}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":05}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":+5}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"a","criticality":NaN}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"\x41"}""", ContextFault.Malformed)]
    [InlineData("""{"workload_id":"\u12"}""", ContextFault.Malformed)]
    [InlineData("{\"workload_id\":\"a\nb\"}", ContextFault.Malformed)]
    [InlineData("\uFEFF{\"workload_id\":\"a\"}", ContextFault.Malformed)]
    [InlineData("[]", ContextFault.NotAnObject)]
    [InlineData("""[{"workload_id":"a","criticality":5}]""", ContextFault.NotAnObject)]
    [InlineData("""["a" """, ContextFault.Malformed)]
    [InlineData("\"fraud-detection\"", ContextFault.NotAnObject)]
    [InlineData("5", ContextFault.NotAnObject)]
    [InlineData("-5", ContextFault.NotAnObject)]
    [InlineData("null", ContextFault.NotAnObject)]
    [InlineData("true", ContextFault.NotAnObject)]
    [InlineData("nil", ContextFault.Malformed)]
    public void UnreadableContext_GivesTheDefaultsWhole(string text, ContextFault fault)
    {
        AssertContext(text, "default", DefaultCriticality, fault);
    }

    [Theory]
    [InlineData("""{"criticality":5}""", ContextFault.IdAbsent)]
    [InlineData("""{"workload_id":null,"criticality":5}""", ContextFault.IdAbsent)]
    [InlineData("""{"workload_id":"","criticality":5}""", ContextFault.IdEmpty)]
    [InlineData("""{"workload_id":7,"criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":true,"criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":{"workload_id":"a"},"criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":["a"],"criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":"\ud800","criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":"\ud800\u0041","criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":"\udc00\ud800","criticality":5}""", ContextFault.IdInvalid)]
    [InlineData("""{"workload_id":"a","workload_id":null,"criticality":5}""", ContextFault.IdAbsent)]
    [InlineData("""{"Workload_Id":"a","criticality":5}""", ContextFault.IdAbsent)]
    public void UnusableId_GivesTheDefaultWorkloadAndKeepsTheRest(string text, ContextFault fault)
    {
        AssertContext(text, "default", 5, fault);
    }

    [Theory]
    [InlineData("5.0", 3, ContextFault.CriticalityInvalid)]
    [InlineData("5e0", 3, ContextFault.CriticalityInvalid)]
    [InlineData("2.5", 3, ContextFault.CriticalityInvalid)]
    [InlineData("1e400", 3, ContextFault.CriticalityInvalid)]
    [InlineData("\"5\"", 3, ContextFault.CriticalityInvalid)]
    [InlineData("true", 3, ContextFault.CriticalityInvalid)]
    [InlineData("[5]", 3, ContextFault.CriticalityInvalid)]
    [InlineData("{\"criticality\":5}", 3, ContextFault.CriticalityInvalid)]
    [InlineData("0", 1, ContextFault.CriticalityClamped)]
    [InlineData("-0", 1, ContextFault.CriticalityClamped)]
    [InlineData("6", 5, ContextFault.CriticalityClamped)]
    [InlineData("-1", 1, ContextFault.CriticalityClamped)]
    [InlineData("2147483648", 5, ContextFault.CriticalityClamped)]
    [InlineData("-2147483649", 1, ContextFault.CriticalityClamped)]
    [InlineData("99999999999999999999999999999999999999999", 5, ContextFault.CriticalityClamped)]
    [InlineData("-99999999999999999999999999999999999999999", 1, ContextFault.CriticalityClamped)]
    public void OddCriticality_IsClampedOrDefault(string number, int criticality, ContextFault fault)
    {
        AssertContext($$"""{"workload_id":"a","criticality":{{number}}}""", "a", criticality, fault);
    }

    [Theory]
    [InlineData("250", 250, ContextFault.None)]
    [InlineData("null", 0, ContextFault.None)]
    [InlineData("0", 0, ContextFault.DeadlineInvalid)]
    [InlineData("-1", 0, ContextFault.DeadlineInvalid)]
    [InlineData("1.5", 0, ContextFault.DeadlineInvalid)]
    [InlineData("\"1\"", 0, ContextFault.DeadlineInvalid)]
    [InlineData("99999999999", int.MaxValue, ContextFault.None)]
    public void Deadline_IsAPositiveInteger(string number, int milliseconds, ContextFault fault)
    {
        var text = Encoding.UTF8.GetBytes($$"""{"workload_id":"a","ttft_ms":{{number}}}""");
        var context = WorkloadContextReader.Read(text, new byte[128], DefaultCriticality);
        Assert.Equal(milliseconds, context.TtftMilliseconds);
        Assert.Equal(fault, context.Fault);
    }

    [Theory]
    [InlineData(128, false, ContextFault.None)]
    [InlineData(129, false, ContextFault.IdTooLong)]
    [InlineData(128, true, ContextFault.None)]
    [InlineData(129, true, ContextFault.IdTooLong)]
    public void IdLength_IsBoundedInUnescapedBytes(int length, bool escaped, ContextFault fault)
    {
        var written = escaped ? string.Concat(Enumerable.Repeat("\\u0061", length)) : new string('a', length);
        var expected = fault == ContextFault.None ? new string('a', length) : "default";
        AssertContext($$"""{"workload_id":"{{written}}"}""", expected, DefaultCriticality, fault);
    }

    [Fact]
    public void MultiByteId_IsBoundedInBytesNotCharacters()
    {
        AssertContext($$"""{"workload_id":"{{new string('€', 42)}}"}""", new string('€', 42), 3, ContextFault.None);
        AssertContext($$"""{"workload_id":"{{new string('€', 43)}}"}""", "default", 3, ContextFault.IdTooLong);
        var escaped = string.Concat(Enumerable.Repeat("\\u20ac", 43));
        AssertContext($$"""{"workload_id":"{{escaped}}"}""", "default", 3, ContextFault.IdTooLong);
    }

    [Fact]
    public void BrokenUtf8InId_GivesTheDefault()
    {
        byte[] text = [.. """{"workload_id":"a"""u8, 0xC3, .. "\",\"criticality\":4}"u8];
        var context = WorkloadContextReader.Read(text, new byte[128], DefaultCriticality);
        Assert.Equal("default", Encoding.UTF8.GetString(context.WorkloadId));
        Assert.Equal(ContextFault.IdInvalid, context.Fault);
        Assert.Equal(4, context.Criticality);
    }

    [Fact]
    public void DeepNesting_EndsAtItsBound()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 30_000)) + "1" + new string('}', 30_000);
        AssertContext($$"""{"workload_id":"a","x":{{deep}}}""", "default", 3, ContextFault.Malformed);
        AssertContext(new string('[', 30_000), "default", 3, ContextFault.Malformed);
    }

    [Theory]
    [InlineData("tenant-7", "tenant-7", ContextFault.None)]
    [InlineData("  tenant-7\t", "tenant-7", ContextFault.None)]
    [InlineData("", "default", ContextFault.IdEmpty)]
    public void FairnessId_NamesTheWorkload(string value, string id, ContextFault fault)
    {
        var context = WorkloadContextReader.ReadFairnessId(Encoding.UTF8.GetBytes(value), DefaultCriticality);
        Assert.Equal(id, Encoding.UTF8.GetString(context.WorkloadId));
        Assert.Equal((fault, DefaultCriticality), (context.Fault, context.Criticality));
        var tooLong = WorkloadContextReader.ReadFairnessId(new byte[129], DefaultCriticality);
        Assert.Equal(ContextFault.IdTooLong, tooLong.Fault);
        Assert.Equal(ContextFault.IdInvalid, WorkloadContextReader.ReadFairnessId([0xFF], DefaultCriticality).Fault);
    }

    [Fact]
    public void MutatedContexts_NeverThrowAndStayInBounds()
    {
        string[] seeds =
        [
            """{"workload_id":"fraud-detection","criticality":5,"ttft_ms":200}""",
            """{"workload_id":"\u00e9\ud83d\ude00\n","criticality":-7,"x":{"y":[1,2.5e3,null,true,"\\"]}}""",
            """[{"workload_id":"a"}]""",
        ];
        var pieces = "{}[]:,\"\\u0123456789abcdefd800truefalsn.-+eE \t\n\0"u8.ToArray();
        var random = new Random(20261123);
        var scratch = new byte[128];
        var faults = new int[Enum.GetValues<ContextFault>().Length];
        for (var i = 0; i < 100_000; i++)
        {
            var text = Mutate(Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]), pieces, random);
            var context = WorkloadContextReader.Read(text, scratch, DefaultCriticality);
            Assert.InRange(context.Criticality, 1, 5);
            Assert.InRange(context.WorkloadId.Length, 1, 128);
            Assert.True(context.TtftMilliseconds >= 0);
            Assert.True(System.Text.Unicode.Utf8.IsValid(context.WorkloadId));
            faults[(int)context.Fault]++;
        }
        // The mutations reach what they are meant to reach.
        Assert.True(faults[(int)ContextFault.None] > 100);
        Assert.True(faults[(int)ContextFault.Malformed] > 100);
        Assert.True(faults[(int)ContextFault.IdInvalid] > 10);
    }

    [Fact]
    public void Reading_AllocatesNothing()
    {
        var plain = """{"workload_id":"fraud-detection","criticality":5}"""u8.ToArray();
        var escaped = """{"workload\u005fid":"\u00e9-detection","criticality":9,"x":[{}]}"""u8.ToArray();
        var absurd = """{"workload_id":"\ud800","criticality":5.5}"""u8.ToArray();
        var scratch = new byte[128];
        var (sum, read) = (0, 0);
        Assert.Equal(0, Allocations.PerWarmRoundBytes(() =>
        {
            for (var i = 0; i < 10_000; i++, read++)
            {
                sum += WorkloadContextReader.Read(plain, scratch, DefaultCriticality).Criticality;
                sum += WorkloadContextReader.Read(escaped, scratch, DefaultCriticality).Criticality;
                sum += WorkloadContextReader.Read(absurd, scratch, DefaultCriticality).Criticality;
            }
        }));
        Assert.Equal(read * (5 + 5 + 3), sum);
    }

    private static byte[] Mutate(byte[] text, byte[] pieces, Random random)
    {
        var bytes = new List<byte>(text);
        for (var change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] = pieces[random.Next(pieces.Length)]; break;
                case 2: bytes.RemoveAt(at); break;
                case 3: bytes.Insert(at, pieces[random.Next(pieces.Length)]); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at))); break;
            }
        }
        return [.. bytes];
    }

    private static void AssertContext(string text, string id, int criticality, ContextFault fault)
    {
        var context = WorkloadContextReader.Read(Encoding.UTF8.GetBytes(text), new byte[128], DefaultCriticality);
        Assert.Equal(id, Encoding.UTF8.GetString(context.WorkloadId));
        Assert.Equal(criticality, context.Criticality);
        Assert.Equal(fault, context.Fault);
    }
}
