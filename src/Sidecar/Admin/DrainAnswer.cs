namespace Sidecar.Admin;

/// <summary>What <c>POST /drain</c> answers when the drain is over, and how the command reads it. Pure.</summary>
public static class DrainAnswer
{
    public const string Path = "/drain";

    private const string Whole = "drained\n";

    /// <param name="cut">Requests that were still under way at the timeout.</param>
    internal static string Of(int cut) => cut switch
    {
        0 => Whole,
        1 => "drained, 1 request was cut\n",
        _ => $"drained, {cut} requests were cut\n",
    };

    /// <summary>False where the drain is over, but requests were cut.</summary>
    public static bool IsWhole(string answer) => answer == Whole;
}
