namespace Sidecar.Load.Running;

/// <summary>Finds the model server's own count of the tokens it made, without parsing every event of a stream.
/// </summary>
public static class TokenUsage
{
    private const string Member = "\"completion_tokens\":";

    public static long? Find(ReadOnlySpan<char> json)
    {
        var at = json.IndexOf(Member, StringComparison.Ordinal);
        if (at < 0) return null;
        var digits = json[(at + Member.Length)..].TrimStart();
        var count = digits.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(count < 0 ? digits : digits[..count], out var value) ? value : null;
    }
}
