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
    internal List<string> Faults { get; } = [];

    internal string Text(string name) =>
        source.TryGet(name) is { Length: > 0 } value ? value.Trim() : Variables.Find(name).Default;

    internal bool IsSet(string name) => source.TryGet(name) is { Length: > 0 };

    internal void Fault(string name, string? reason = null) =>
        Faults.Add($"{name}='{Text(name)}': {reason ?? $"accepted is {Variables.Find(name).Accepted}"}");

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

    internal long Ticks(string name, long min = 0, long max = long.MaxValue / 4)
    {
        if (Quantities.TryTime(Text(name), out var value) && value >= min && value <= max) return value;
        Fault(name);
        return min;
    }

    internal long Bytes(string name, long min = 0, long max = long.MaxValue / 4)
    {
        if (Quantities.TrySize(Text(name), out var value) && value >= min && value <= max) return value;
        Fault(name);
        return min;
    }

    /// <summary>A file that exists; null where none is named.</summary>
    internal string? File(string name)
    {
        if (!IsSet(name)) return null;
        if (!System.IO.File.Exists(Text(name))) Fault(name);
        return Text(name);
    }

    internal bool IsOn(string name)
    {
        if (Text(name) is not ("on" or "off")) Fault(name);
        return Text(name) == "on";
    }

    /// <summary>Case does not matter.</summary>
    internal T Choice<T>(string name)
        where T : struct, Enum
    {
        var isName = char.IsAsciiLetter(Text(name)[0]);
        if (isName && Enum.TryParse<T>(Text(name), ignoreCase: true, out var value)) return value;
        Fault(name);
        return default;
    }

    /// <summary>A Unix socket, or what <see cref="IpEndPoint"/> reads.</summary>
    internal EndPoint EndPoint(string name)
    {
        if (!UnixSocketPath.IsMeant(Text(name))) return IpEndPoint(name);
        if (UnixSocketPath.Read(Text(name)) is { } socket) return socket;
        Fault(name);
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
