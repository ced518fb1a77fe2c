using Sidecar.Scheduling;

namespace Sidecar.Tests.Scheduling;

internal sealed class TestRequest : ScheduledRequest
{
    /// <summary>For the bound of the oldest: the number of the dispatch by which it must have gone.</summary>
    public long DispatchNumberMax;
}
