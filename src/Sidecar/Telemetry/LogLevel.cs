namespace Sidecar.Telemetry;

public enum LogLevel : byte
{
    Debug,
    Info,
    Warn,
    Error,

    /// <summary>Nothing is written.</summary>
    None,
}
