using System.Buffers;

namespace Sidecar.Http;

/// <summary>Sets of octets that the grammars of RFC 9110 and RFC 9112 are made of.</summary>
internal static class Octets
{
    /// <summary>tchar (RFC 9110 section 5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The octets accepted in a request target: visible ASCII without '#' (RFC 9112 section 3.2).</summary>
    public static readonly SearchValues<byte> Target = SearchValues.Create(
        [.. Enumerable.Range(0x21, 0x7F - 0x21).Where(octet => octet != '#').Select(octet => (byte)octet)]);

    /// <summary>The octets of uri-host and port (RFC 9110 section 7.2), without the comma, which would let two hosts
    /// pass as one, and without those that end an authority.</summary>
    public static readonly SearchValues<byte> Host = SearchValues.Create(
        "-._~!$&'()*+;=:[]%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    public static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t';
}
