namespace Sidecar.Trials;

/// <summary>What people decide when they put HAProxy in front of sidecars.</summary>
/// <param name="Check">Pace of the health checks.</param>
/// <param name="ChecksAdmin">Whether they ask the admin port's <c>/readyz</c>, or else the model server's health path
/// on the data port.</param>
/// <param name="Redispatch">Whether a refused connection goes to another server.</param>
/// <param name="Reuse">Mode of <c>http-reuse</c>.</param>
internal sealed record HaproxyOptions(
    string Check = "inter 200ms fall 1 rise 1", bool ChecksAdmin = true, bool Redispatch = true,
    string Reuse = "safe");
