namespace Sidecar.Engines.Pages;

/// <summary>What a series of a model server's page tells.</summary>
internal enum SeriesRole : byte
{
    Running,
    Waiting,

    /// <summary>Requests among those that wait which more room would not help.</summary>
    Deferred,
    CacheUsage,
    Preemptions,
    Progress,
}
