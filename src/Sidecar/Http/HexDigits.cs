namespace Sidecar.Http;

/// <summary>HEXDIG (RFC 5234 appendix B.1), in either case.</summary>
internal static class HexDigits
{
    /// <summary>The digit's value, 0 to 15; -1 where the octet is none.</summary>
    public static int ValueOf(byte octet)
    {
        var digit = octet - '0';
        if ((uint)digit <= 9) return digit;
        var letter = (octet | 0x20) - 'a';
        return (uint)letter <= 5 ? letter + 10 : -1;
    }
}
