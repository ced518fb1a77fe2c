namespace Sidecar.Engines.Limits;

/// <summary>The values of the label <c>reason</c> that changes of the limit are counted under.</summary>
internal static class LimitReasons
{
    private static readonly string[] ByReason =
        ["start", "size", "room", "probe", "waiting", "cache", "refused", "restart", "blind"];

    internal static string LabelOf(LimitReason reason) => ByReason[(int)reason];
}
