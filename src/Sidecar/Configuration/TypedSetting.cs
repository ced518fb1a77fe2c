using Sidecar.Configuration.Values;

namespace Sidecar.Configuration;

/// <summary>One setting whose value is a <typeparamref name="T"/>.</summary>
public sealed class TypedSetting<T> : Setting
{
    internal TypedSetting(string name, string @default, ValueKind<T> kind, string meaning)
        : base(name, @default, kind.Accepted, meaning) => Kind = kind;

    internal ValueKind<T> Kind { get; }
}
