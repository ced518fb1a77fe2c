using System.Text;
using Sidecar.Http.Fields;

namespace Sidecar.Http.Requests;

/// <summary>Settings of a <see cref="RequestHeadParser"/>; immutable, shared by all connections.</summary>
internal sealed class RequestHeadOptions
{
    /// <summary>The field that carries the workload context; a token that is none of the fields known here.</summary>
    public string ContextFieldName { get; init; } = "X-Workload-Context";

    /// <summary>Longest request line and fields together, with the empty line, in bytes; past it 431.</summary>
    public int HeadLimitBytes { get; init; } = 64 * 1024;

    /// <summary>Paths to be told apart, each exact or, with a trailing <c>*</c>, a prefix:
    /// <see cref="RequestHead.HasMarkedPath"/>.</summary>
    public IReadOnlyList<string> MarkedPaths { get; init; } = [];

    /// <summary>This process's name in Via: a request that bears it is a loop, and refused. Null: no check.</summary>
    public ViaPseudonym? Pseudonym { get; init; }

    /// <summary>Whether a name may be the workload context's: a token, and no field that has a meaning here.</summary>
    public static bool IsContextFieldName(string name)
    {
        var octets = Encoding.UTF8.GetBytes(name);
        return Octets.IsToken(octets) && FieldKinds.Classify(octets) == FieldKind.Other;
    }
}
