using System.Text;
using Sidecar.Workloads;

namespace Sidecar.Fuzz.Reference;

/// <summary>What a workload context means, by the contract's words.</summary>
/// <param name="Id">In Latin-1, one character a byte.</param>
/// <param name="Criticality">1 to 5.</param>
/// <param name="DeadlineMilliseconds">0: none.</param>
/// <param name="Fault">Why it was not taken as it stands.</param>
internal sealed record ReferenceContext(string Id, int Criticality, int DeadlineMilliseconds, ContextFault Fault)
{
    private const int IdBytesMax = 128;

    internal static ReferenceContext Read(string text, int byDefault)
    {
        text = text.Trim(' ', '\t');
        if (text == "") return new("default", byDefault, 0, ContextFault.Empty);
        try
        {
            return ReferenceJson.Read(text) is List<(string Name, object Value)> members
                ? Read(members, byDefault)
                : new("default", byDefault, 0, ContextFault.NotAnObject);
        }
        catch (ReferenceJson.Malformed)
        {
            return new("default", byDefault, 0, ContextFault.Malformed);
        }
    }

    private static ReferenceContext Read(List<(string Name, object Value)> members, int byDefault)
    {
        var (id, idFault) = ReadId(Last(members, "workload_id"));
        var (criticality, criticalityFault) = ReadCriticality(Last(members, "criticality"), byDefault);
        var (deadline, deadlineFault) = ReadDeadline(Last(members, "ttft_ms"));
        var fault = idFault != ContextFault.None ? idFault
            : criticalityFault != ContextFault.None ? criticalityFault
            : deadlineFault;
        return new(id, criticality, deadline, fault);
    }

    /// <summary>Of a member given twice the last counts; null where there is none, or JSON's null.</summary>
    private static object? Last(List<(string Name, object Value)> members, string name)
    {
        var value = members.LastOrDefault(member => ReferenceJson.Unescape(member.Name, name.Length) == name).Value;
        return value is 'n' ? null : value;
    }

    private static (string, ContextFault) ReadId(object? value)
    {
        if (value is null) return ("default", ContextFault.IdAbsent);
        if (value is not string raw || ReferenceJson.Unescape(raw, IdBytesMax) is not { } id)
            return ("default", ContextFault.IdInvalid);
        if (id == "") return ("default", ContextFault.IdEmpty);
        if (id.Length > IdBytesMax) return ("default", ContextFault.IdTooLong);
        return IsUtf8(id) ? (id, ContextFault.None) : ("default", ContextFault.IdInvalid);
    }

    private static (int, ContextFault) ReadCriticality(object? value, int byDefault)
    {
        if (value is null) return (byDefault, ContextFault.None);
        if (Integer(value) is not { } given) return (byDefault, ContextFault.CriticalityInvalid);
        return given is >= 1 and <= 5
            ? ((int)given, ContextFault.None)
            : (given < 1 ? 1 : 5, ContextFault.CriticalityClamped);
    }

    private static (int, ContextFault) ReadDeadline(object? value)
    {
        if (value is null) return (0, ContextFault.None);
        return Integer(value) is { } given and > 0
            ? ((int)Math.Min(given, int.MaxValue), ContextFault.None)
            : (0, ContextFault.DeadlineInvalid);
    }

    /// <summary>A number without fraction and exponent; beyond what 64 bits hold the sign alone matters.</summary>
    private static long? Integer(object value)
    {
        if (value is not StringBuilder number) return null;
        var text = number.ToString();
        if (text.Any(letter => letter is '.' or 'e' or 'E')) return null;
        if (long.TryParse(text, out var integer)) return integer;
        return text[0] == '-' ? long.MinValue : long.MaxValue;
    }

    private static bool IsUtf8(string latin1)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(Encoding.Latin1.GetBytes(latin1));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
