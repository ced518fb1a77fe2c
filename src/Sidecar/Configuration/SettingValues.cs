using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sidecar.Configuration;

/// <summary>
/// Reads single values by the table of <see cref="Variables"/> and collects a fault for each that is not accepted; what
/// is returned then means nothing. Defaults go the same way as values that are set.
/// </summary>
internal sealed class SettingValues(ISettingSource source)
{
    /// <summary>So much of a wrong value is told.</summary>
    private const int ToldLengthMax = 200;

    private const long TimeTicksMax = 1_000_000 * TimeSpan.TicksPerHour, SizeBytesMax = 1_000_000L << 30;

    internal List<string> Faults { get; } = [];

    internal string Text(string name) =>
        source.TryGet(name) is { Length: > 0 } value ? value.Trim() : Variables.Find(name).Default;

    internal bool IsSet(string name) => source.TryGet(name) is { Length: > 0 };

    /// <summary>It is this word, in any case.</summary>
    internal bool Is(string name, string word) => Text(name).Equals(word, StringComparison.OrdinalIgnoreCase);

    internal void Fault(string name, string? reason = null) => Faults.Add(LineOf(name, reason));

    /// <summary>
    /// Variable, value and reason: one line, whatever the value holds. Who has not set it is told where it comes from.
    /// </summary>
    internal string LineOf(string name, string? reason = null) =>
        $"{Told(name)}: {reason ?? $"accepted is {Variables.Find(name).Accepted}"}";

    /// <summary>Variable and value, as one stands in a line about another.</summary>
    internal string Told(string name)
    {
        var value = string.Concat(Text(name).Take(ToldLengthMax).Select(c => char.IsControl(c) ? '?' : c));
        return $"{name}='{value}'{(IsSet(name) || value.Length == 0 ? "" : " (the default)")}";
    }

    internal int Whole(string name, int min, int max)
    {
        if (int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max) return value;
        Fault(name);
        return min;
    }

    internal double Number(string name, double min, double max)
    {
        if (double.TryParse(Text(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max) return value;
        Fault(name);
        return max;
    }

    internal long Ticks(string name, long min = 0, long max = TimeTicksMax)
    {
        if (Quantities.TryTime(Text(name), out var value) && value >= min && value <= max) return value;
        Fault(name);
        return min;
    }

    internal long Bytes(string name, long min = 0, long max = SizeBytesMax)
    {
        if (Quantities.TrySize(Text(name), out var value) && value >= min && value <= max) return value;
        Fault(name);
        return min;
    }

    /// <summary>A file that can be read; null where none is named, and with a fault.</summary>
    internal string? File(string name)
    {
        if (!IsSet(name)) return null;
        var reason = Text(name).Length == 0 ? null : ReadableFile.FaultOf(Text(name));
        if (reason is null && Text(name).Length > 0) return Text(name);
        Fault(name, reason);
        return null;
    }

    internal bool IsOn(string name)
    {
        if (!Is(name, "on") && !Is(name, "off")) Fault(name);
        return Is(name, "on");
    }

    /// <summary>Case does not matter.</summary>
    internal T Choice<T>(string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Text(name).Equals($"{value}", StringComparison.OrdinalIgnoreCase)) return value;
        }
        Fault(name);
        return default;
    }

    /// <summary>A Unix socket to listen on, or what <see cref="IpEndPoint"/> reads.</summary>
    internal EndPoint EndPoint(string name)
    {
        if (!UnixSocketPath.IsMeant(Text(name))) return IpEndPoint(name);
        if (UnixSocketPath.Read(Text(name), out var fault) is { } socket)
        {
            if (UnixSocketPath.FaultOf($"{socket}") is { } reason) Fault(name, reason);
            return socket;
        }
        Fault(name, fault);
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    internal IPEndPoint IpEndPoint(string name)
    {
        var text = Text(name);
        if (!IsSet(name) && !Socket.OSSupportsIPv6) text = text.Replace("[::]", "0.0.0.0", StringComparison.Ordinal);
        // A bare address would parse too, as port 0.
        var isBracketed = text.Contains(']') || text.Count(c => c == ':') == 1;
        var hasPort = isBracketed && text.LastIndexOf(':') > text.LastIndexOf(']');
        if (hasPort && IPEndPoint.TryParse(text, out var endPoint)) return endPoint;
        Fault(name);
        return new IPEndPoint(IPAddress.Loopback, 0);
    }
}
