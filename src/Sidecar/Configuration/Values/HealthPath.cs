using System.Buffers;

namespace Sidecar.Configuration.Values;

/// <summary>Where the model server tells its health; null: a connection that is accepted is health.</summary>
internal static class HealthPath
{
    private const string Connect = "connect";

    /// <summary>Path and query, as RFC 3986 sections 3.3 and 3.4 have them.</summary>
    private static readonly SearchValues<char> Characters = SearchValues.Create(
        "/?:@!$&'()*+,;=-._~%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    internal static ValueKind<string?> Kind { get; } = new(
        $"a path that begins with /, as a URL has it, or {Connect}", Read);

    private static string? Read(SettingText given, out string? path)
    {
        path = given.Is(Connect) ? null : given.Text;
        return path is null || (path.StartsWith('/') && !path.AsSpan().ContainsAnyExcept(Characters))
            ? null
            : ValueKinds.NotAccepted;
    }
}
