using System.Text.Json;
using System.Text.Unicode;
using Sidecar.Http.Fields;

namespace Sidecar.Workloads;

/// <summary>
/// Decodes the workload context field, <c>{"workload_id":"…","criticality":1..5,"ttft_ms":…}</c>, from its bytes.
/// Pure, safe from any thread, allocates nothing for JSON that is well formed, and never throws. Unknown members
/// are skipped; of a member given twice the last counts, also when it is the worse; after a fault in the whole
/// value nothing of it counts.
/// </summary>
/// <remarks>
/// An integer is a number written without fraction and exponent, of any length: <c>9999999999999999999</c> is
/// clamped to 5, while <c>5.0</c> and <c>5e0</c> are not integers and give the default.
/// </remarks>
internal static class WorkloadContextReader
{
    /// <summary>Fits every member name that is asked for, and one byte more.</summary>
    private const int NameScratchBytes = 16;

    private enum Member : byte
    {
        Unknown,
        Id,
        Criticality,
        Deadline,
    }

    /// <param name="value">The field's value; empty counts as <see cref="ContextFault.Empty"/>.</param>
    /// <param name="idScratch">At least 128 bytes; holds the id where it was escaped.</param>
    /// <param name="defaultCriticality">Taken where none is given.</param>
    public static WorkloadContext Read(ReadOnlySpan<byte> value, Span<byte> idScratch, int defaultCriticality)
    {
        var text = HeadText.Trim(value);
        if (text.IsEmpty) return Defaults(defaultCriticality, ContextFault.Empty);
        // What cannot begin a JSON value is most of what is not JSON: it need not cost an exception.
        if (!JsonText.CanBeginValue(text[0])) return Defaults(defaultCriticality, ContextFault.Malformed);
        var context = Defaults(defaultCriticality, ContextFault.None);
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: true, state: default);
            reader.Read();
            var isObject = reader.TokenType == JsonTokenType.StartObject;
            if (isObject) ReadMembers(ref reader, ref context, idScratch);
            else reader.Skip();
            // Throws when anything but white space follows the value.
            while (reader.Read()) { }
            return isObject ? context : Defaults(defaultCriticality, ContextFault.NotAnObject);
        }
        catch (JsonException)
        {
            return Defaults(defaultCriticality, ContextFault.Malformed);
        }
    }

    /// <summary>What a request without the field gets.</summary>
    public static WorkloadContext Absent(int defaultCriticality) => Defaults(defaultCriticality, ContextFault.Absent);

    /// <summary>
    /// The context of a request that has no context field, but a gateway's fairness id: the bare id as the field's
    /// value. The same bounds hold for it.
    /// </summary>
    public static WorkloadContext ReadFairnessId(ReadOnlySpan<byte> value, int defaultCriticality)
    {
        var id = HeadText.Trim(value);
        var context = Defaults(defaultCriticality, CheckId(id));
        if (context.Fault == ContextFault.None) context.WorkloadId = id;
        return context;
    }

    private static WorkloadContext Defaults(int criticality, ContextFault fault) => new()
    {
        WorkloadId = WorkloadContext.DefaultId,
        Criticality = criticality,
        Fault = fault,
    };

    private static ContextFault CheckId(ReadOnlySpan<byte> id) =>
        id.IsEmpty ? ContextFault.IdEmpty
        : id.Length > WorkloadContext.IdLengthMax ? ContextFault.IdTooLong
        : Utf8.IsValid(id) ? ContextFault.None
        : ContextFault.IdInvalid;

    private static void ReadMembers(
        scoped ref Utf8JsonReader reader, ref WorkloadContext context, Span<byte> idScratch)
    {
        var defaultCriticality = context.Criticality;
        var idFault = ContextFault.IdAbsent;
        var criticalityFault = ContextFault.None;
        var deadlineFault = ContextFault.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Name(ref reader);
            reader.Read();
            switch (member)
            {
                case Member.Id:
                    idFault = ReadId(ref reader, idScratch, out context.WorkloadId);
                    break;
                case Member.Criticality:
                    criticalityFault = ReadCriticality(ref reader, defaultCriticality, out context.Criticality);
                    break;
                case Member.Deadline:
                    deadlineFault = ReadDeadline(ref reader, out context.TtftMilliseconds);
                    break;
            }
            reader.Skip();
        }
        context.Fault = idFault != ContextFault.None ? idFault
            : criticalityFault != ContextFault.None ? criticalityFault
            : deadlineFault;
    }

    private static Member Name(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            Span<byte> scratch = stackalloc byte[NameScratchBytes];
            if (!JsonText.TryUnescape(name, scratch, out var length)) return Member.Unknown;
            return Name(scratch[..length]);
        }
        return Name(name);
    }

    private static Member Name(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("workload_id"u8) ? Member.Id
        : name.SequenceEqual("criticality"u8) ? Member.Criticality
        : name.SequenceEqual("ttft_ms"u8) ? Member.Deadline
        : Member.Unknown;

    private static ContextFault ReadId(
        scoped ref Utf8JsonReader reader, Span<byte> scratch, out ReadOnlySpan<byte> id)
    {
        id = WorkloadContext.DefaultId;
        if (reader.TokenType == JsonTokenType.Null) return ContextFault.IdAbsent;
        if (reader.TokenType != JsonTokenType.String) return ContextFault.IdInvalid;
        var text = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            var bounded = scratch[..WorkloadContext.IdLengthMax];
            if (!JsonText.TryUnescape(text, bounded, out var length))
                return length < 0 ? ContextFault.IdInvalid : ContextFault.IdTooLong;
            text = bounded[..length];
        }
        var fault = CheckId(text);
        if (fault == ContextFault.None) id = text;
        return fault;
    }

    private static ContextFault ReadCriticality(ref Utf8JsonReader reader, int byDefault, out int criticality)
    {
        criticality = byDefault;
        if (reader.TokenType == JsonTokenType.Null) return ContextFault.None;
        if (reader.TokenType != JsonTokenType.Number || !JsonText.TryReadInteger(reader.ValueSpan, out var given))
            return ContextFault.CriticalityInvalid;
        criticality = Math.Clamp(given, WorkloadContext.CriticalityMin, WorkloadContext.CriticalityMax);
        return criticality == given ? ContextFault.None : ContextFault.CriticalityClamped;
    }

    private static ContextFault ReadDeadline(ref Utf8JsonReader reader, out int milliseconds)
    {
        milliseconds = 0;
        if (reader.TokenType == JsonTokenType.Null) return ContextFault.None;
        if (reader.TokenType != JsonTokenType.Number || !JsonText.TryReadInteger(reader.ValueSpan, out var given))
            return ContextFault.DeadlineInvalid;
        if (given <= 0) return ContextFault.DeadlineInvalid;
        milliseconds = given;
        return ContextFault.None;
    }
}
