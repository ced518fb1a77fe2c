using Sidecar.Http.Fields;

namespace Sidecar.Tests.Http;

internal sealed class FieldLineComparer : IEqualityComparer<FieldLine>
{
    public static readonly FieldLineComparer Instance = new();

    public bool Equals(FieldLine x, FieldLine y) => (x.Kind, x.Name, x.Value) == (y.Kind, y.Name, y.Value);

    public int GetHashCode(FieldLine obj) => obj.NameStart;
}
