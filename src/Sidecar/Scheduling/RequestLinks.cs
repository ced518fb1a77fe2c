using System.Runtime.CompilerServices;

namespace Sidecar.Scheduling;

/// <summary>A request's neighbours, earlier and later, in each of its three lists; slots, -1 for none.</summary>
[InlineArray(ListCount)]
internal struct RequestLinks
{
    public const int OfFlow = 0, OfLevel = 1, OfAll = 2;

    private const int ListCount = 3;

    private (int Earlier, int Later) _first;
}
