namespace Sidecar.DataPlane;

/// <summary>How the reading of a head ended.</summary>
internal enum HeadStatus : byte
{
    Complete,
    Incomplete,
    Malformed,
}
