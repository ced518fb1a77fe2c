namespace Sidecar.Admission.Plans;

/// <summary>What may be changed of a gate while it runs.</summary>
/// <param name="Mode">What is done with the policy.</param>
/// <param name="Policy">Who goes next.</param>
/// <param name="EnforcePercent">With <see cref="GateMode.Enforce"/>: of a hundred dispatches, how many follow the
/// policy; the others take the oldest.</param>
public readonly record struct GatePlan(GateMode Mode, GatePolicy Policy, int EnforcePercent)
{
    public GatePlan()
        : this(GateMode.Enforce, GatePolicy.WorkloadAware, 100)
    {
    }

    /// <exception cref="ArgumentOutOfRangeException">The share lies outside 0 to 100.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(EnforcePercent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EnforcePercent, 100);
    }

    internal int PolicyPercent => Mode == GateMode.Enforce ? EnforcePercent : 0;
}
