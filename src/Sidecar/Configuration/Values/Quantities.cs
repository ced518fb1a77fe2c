using System.Globalization;

namespace Sidecar.Configuration.Values;

/// <summary>Numbers with units, as people write them. Pure.</summary>
internal static class Quantities
{
    private static readonly (string Unit, long Factor)[] TimeUnits =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    private static readonly (string Unit, long Factor)[] SizeUnits =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("B", 1)];

    /// <summary>Ticks of 100 ns; the unit is required, but for a plain 0.</summary>
    internal static bool TryTime(string text, out long ticks) => TryScaled(text, TimeUnits, out ticks);

    internal static bool TrySize(string text, out long bytes) => TryScaled(text, SizeUnits, out bytes);

    private static bool TryScaled(string text, (string Unit, long Factor)[] units, out long value)
    {
        value = 0;
        if (text == "0") return true;
        foreach (var (unit, factor) in units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            var digits = text.AsSpan(0, text.Length - unit.Length);
            if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                continue;
            if (number > long.MaxValue / 4 / factor) return false;
            value = (long)(number * factor);
            return true;
        }
        return false;
    }
}
