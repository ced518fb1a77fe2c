namespace Sidecar.Telemetry;

public enum LogFormat : byte
{
    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary>One readable line.</summary>
    Text,
}
