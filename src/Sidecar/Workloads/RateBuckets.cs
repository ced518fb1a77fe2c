using System.Runtime.CompilerServices;

namespace Sidecar.Workloads;

/// <summary>The ring of a <see cref="RateWindow"/>, inline so that a workload stays one object.</summary>
[InlineArray(RateWindow.BucketCount)]
internal struct RateBuckets
{
    private uint _first;
}
