using System.Globalization;
using Sidecar.Http.Requests;

namespace Sidecar.Configuration.Values;

/// <summary>Kinds of values that several settings share, and those of a line or two. Bounds are inclusive.</summary>
internal static class ValueKinds
{
    /// <summary>The reason that the words of <see cref="ValueKind{T}.Accepted"/> are.</summary>
    internal const string NotAccepted = "";

    private const string Auto = "auto";
    private const int ThreadsAutoMax = 4;

    internal static ValueKind<bool> Switch { get; } = new("on or off", static (SettingText given, out bool isOn) =>
        (isOn = given.Is("on")) || given.Is("off") ? null : NotAccepted);

    /// <summary>A limit; null: one that finds itself.</summary>
    internal static ValueKind<int?> Concurrency(int max)
    {
        var number = Whole(0, max);
        return new ValueKind<int?>($"{Auto}, or {number.Accepted}", (SettingText given, out int? limit) =>
        {
            limit = null;
            if (given.Is(Auto)) return null;
            var fault = number.Read(given, out var whole);
            limit = whole;
            return fault;
        });
    }

    internal static ValueKind<string> ContextField { get; } = new(
        "a field name that has no other meaning here", static (SettingText given, out string name) =>
            RequestHeadOptions.IsContextFieldName(name = given.Text) ? null : NotAccepted);

    internal static ValueKind<int> Whole(int min, int max) => new(
        $"a whole number from {min} to {max}", (SettingText given, out int value) =>
            int.TryParse(given.Text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                && value >= min && value <= max ? null : NotAccepted);

    internal static ValueKind<double> Number(double min, double max, string? accepted = null) => new(
        accepted ?? string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"),
        (SettingText given, out double value) =>
            double.TryParse(given.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
                && value >= min && value <= max ? null : NotAccepted);

    /// <summary>Ticks of 100 ns; <paramref name="also"/> tells what other settings ask of the value.</summary>
    internal static ValueKind<long> Time(string least, string most = "1000000h", string also = "") =>
        Scaled("time", "250ms, 60s, 5m or 1h", Quantities.TryTime, least, most, also);

    internal static ValueKind<long> Bytes(string least = "0B", string most = "1000000GiB") =>
        Scaled("size", "32KiB, 1MiB or 1GiB", Quantities.TrySize, least, most, also: "");

    /// <summary>A file that can be read; null where none is named.</summary>
    internal static ValueKind<string?> File(string form = "") => new(
        $"a file that can be read{form}", static (SettingText given, out string? path) =>
        {
            path = given.IsSet ? given.Text : null;
            return path is null ? null : path.Length == 0 ? NotAccepted : ReadableFile.FaultOf(path);
        });

    /// <summary>The names of an enumeration.</summary>
    internal static ValueKind<T> Choice<T>()
        where T : struct, Enum => Choice<T>([.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())]);

    /// <summary>The members of an enumeration, by names in their order.</summary>
    internal static ValueKind<T> Choice<T>(IReadOnlyList<string> names)
        where T : struct, Enum => new(
        $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}", (SettingText given, out T value) =>
        {
            value = Enum.GetValues<T>().Zip(names).FirstOrDefault(one => given.Is(one.Second)).First;
            return names.Any(given.Is) ? null : NotAccepted;
        });

    /// <summary>A number of threads; <c>auto</c> is the smaller of 4 and the cores.</summary>
    internal static ValueKind<int> Threads(int max)
    {
        var number = Whole(1, max);
        return new ValueKind<int>(
            $"{Auto} (the smaller of {ThreadsAutoMax} and the cores), or 1 to {max}",
            (SettingText given, out int threads) =>
            {
                if (!given.Is(Auto)) return number.Read(given, out threads);
                threads = Math.Min(ThreadsAutoMax, Environment.ProcessorCount);
                return null;
            });
    }

    private delegate bool UnitReader(string text, out long value);

    private static ValueKind<long> Scaled(
        string what, string examples, UnitReader tryRead, string least, string most, string also)
    {
        if (!tryRead(least, out var min) || !tryRead(most, out var max)) throw new FormatException($"{least}, {most}");
        return new ValueKind<long>(
            $"a {what} with a unit, such as {examples}, from {least} to {most}{also}",
            (SettingText given, out long value) =>
                tryRead(given.Text, out value) && value >= min && value <= max ? null : NotAccepted);
    }
}
