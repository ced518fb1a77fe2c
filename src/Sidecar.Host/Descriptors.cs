using Sidecar.Transport.Kernel;

namespace Sidecar.Host;

/// <summary>
/// Whether the process may open enough to get anywhere. Asked before all else: parts of the runtime abort where they
/// find no descriptor, even to load a library.
/// </summary>
internal static class Descriptors
{
    /// <summary>What the process itself has open once it serves, and a few for clients and the model server.</summary>
    private const int CountMin = 32;

    /// <summary>Raises the limit as far as it goes; where that is too low, says so on standard error.</summary>
    internal static bool AreTooFew()
    {
        var limit = DescriptorLimit.Raise();
        if (limit >= CountMin) return false;
        StandardStreams.Complain($"sidecar: at most {limit} files may be open; at least {CountMin} are needed");
        return true;
    }
}
