using System.Globalization;

namespace Sidecar.CommandLine;

/// <summary>The options of one command: <c>--name value</c>, repeatable, and bare words. Unknown names are refused,
/// so that a typing error never measures something else than was meant.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, List<string>> _options = [];

    private Arguments()
    {
    }

    public List<string> Words { get; } = [];

    /// <param name="args">What follows the command's name.</param>
    /// <param name="names">Every option that takes a value.</param>
    /// <param name="flags">Every option that takes none.</param>
    public static Arguments Parse(ReadOnlySpan<string> args, string[] names, params string[] flags)
    {
        var result = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                result.Words.Add(args[i]);
                continue;
            }
            var name = args[i][2..];
            if (flags.Contains(name)) result.Add(name, "");
            else if (!names.Contains(name)) throw new UsageException($"unknown option --{name}");
            else if (i + 1 == args.Length) throw new UsageException($"--{name} needs a value");
            else result.Add(name, args[++i]);
        }
        return result;
    }

    public bool Has(string name) => _options.ContainsKey(name);

    public IReadOnlyList<string> All(string name) => _options.TryGetValue(name, out var values) ? values : [];

    /// <returns>The last value given, or <paramref name="fallback"/>.</returns>
    public string Text(string name, string fallback = "") => All(name) is [.., var last] ? last : fallback;

    public string Required(string name) =>
        All(name) is [.., var last] ? last : throw new UsageException($"--{name} is missing");

    public int Integer(string name, int fallback, int least, int most)
    {
        if (!Has(name)) return fallback;
        return int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
            ? value
            : throw new UsageException($"--{name} takes a whole number from {least} to {most}, not '{Text(name)}'");
    }

    public double Number(string name, double fallback, double least, double most)
    {
        if (!Has(name)) return fallback;
        return double.TryParse(Text(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
            ? value
            : throw new UsageException($"--{name} takes a number from {least} to {most}, not '{Text(name)}'");
    }

    /// <returns>Seconds of a text such as <c>500ms</c>, <c>30s</c>, <c>2m</c> or <c>30</c>.</returns>
    public double Seconds(string name, double fallback, double most)
    {
        if (!Has(name)) return fallback;
        var text = Text(name);
        var (digits, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1.0),
            _ when text.EndsWith('m') => (text[..^1], 60.0),
            _ => (text, 1.0),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value > 0 && value * unit <= most
            ? value * unit
            : throw new UsageException($"--{name} takes a time such as 30s, at most {most} s, not '{text}'");
    }

    private void Add(string name, string value)
    {
        if (!_options.TryGetValue(name, out var values)) _options[name] = values = [];
        values.Add(value);
    }
}
