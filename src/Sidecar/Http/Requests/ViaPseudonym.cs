using System.Text;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>The name of one process in Via (RFC 9110 section 7.6.3), unlike all others', so that a request which comes
/// back is recognized. Immutable; any thread.</summary>
internal sealed class ViaPseudonym
{
    /// <summary>Longest name, in bytes.</summary>
    public const int BytesMax = 16;

    private readonly byte[] _name;

    /// <exception cref="ArgumentException">The name is no token, or longer than <see cref="BytesMax"/>.</exception>
    public ViaPseudonym(string name)
    {
        _name = Encoding.UTF8.GetBytes(name);
        if (!Sidecar.Http.Octets.IsToken(_name) || _name.Length > BytesMax)
            throw new ArgumentException($"'{name}' is no token of at most {BytesMax} bytes", nameof(name));
    }

    internal ReadOnlySpan<byte> Octets => _name;

    /// <summary>A name that another process shares only by a chance of 1 to 2^32.</summary>
    public static ViaPseudonym New() => new($"sidecar-{Guid.NewGuid().ToString("N")[..8]}");

    public override string ToString() => Encoding.ASCII.GetString(_name);

    /// <summary>Whether a member of the list was received under this name, whatever its protocol and comment. In any
    /// case of letters: the name stands in a host's place, which a forwarder may write in lower case.</summary>
    internal bool StandsIn(ReadOnlySpan<byte> list)
    {
        while (!list.IsEmpty)
        {
            var member = FieldValues.NextElement(ref list);
            var protocolLength = member.IndexOfAny((byte)' ', (byte)'\t');
            if (protocolLength < 0) continue;
            var receivedBy = member[protocolLength..].TrimStart(" \t"u8);
            var length = receivedBy.IndexOfAny((byte)' ', (byte)'\t', (byte)':');
            if (Ascii.EqualsIgnoreCase(length < 0 ? receivedBy : receivedBy[..length], _name)) return true;
        }
        return false;
    }
}
