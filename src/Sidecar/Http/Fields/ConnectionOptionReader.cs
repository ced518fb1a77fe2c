namespace Sidecar.Http.Fields;

/// <summary>Reads the comma-separated list of a Connection field. Pure; allocates nothing.</summary>
internal static class ConnectionOptionReader
{
    /// <summary>Most options in one head; each that names a field costs a walk over all fields.</summary>
    public const int OptionsMax = 16;

    /// <summary>Adds the options of one field's value to those before; a fault if it is no such list.</summary>
    public static HttpFault Read(ReadOnlySpan<byte> value, ref ConnectionOptions options, ref int count)
    {
        while (!value.IsEmpty)
        {
            var option = FieldValues.NextElement(ref value);
            if (option.IsEmpty) continue;
            if (++count > OptionsMax) return HttpFault.TooManyConnectionOptions;
            if (!Octets.IsToken(option)) return HttpFault.BadConnectionOption;
            options |= Of(option);
        }
        return HttpFault.None;
    }

    /// <summary>Marks the fields that the Connection fields name; called once all fields are known.</summary>
    public static void MarkNamed(ReadOnlySpan<byte> source, FieldLines fields)
    {
        foreach (ref readonly var line in fields.Lines)
        {
            if (line.Kind != FieldKind.Connection) continue;
            var value = line.Value.In(source);
            while (!value.IsEmpty)
            {
                var option = FieldValues.NextElement(ref value);
                if (!option.IsEmpty && Of(option) == ConnectionOptions.Named)
                    fields.MarkConnectionNamed(source, option);
            }
        }
    }

    private static ConnectionOptions Of(ReadOnlySpan<byte> option) => option.Length switch
    {
        5 when HeadText.EqualsLowered(option, "close"u8) => ConnectionOptions.Close,
        10 when HeadText.EqualsLowered(option, "keep-alive"u8) => ConnectionOptions.KeepAlive,
        7 when HeadText.EqualsLowered(option, "upgrade"u8) => ConnectionOptions.Upgrade,
        2 when HeadText.EqualsLowered(option, "te"u8) => ConnectionOptions.Te,
        _ => ConnectionOptions.Named,
    };
}
