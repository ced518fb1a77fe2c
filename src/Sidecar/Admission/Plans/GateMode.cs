namespace Sidecar.Admission.Plans;

/// <summary>What the gate does with its policy.</summary>
public enum GateMode : byte
{
    /// <summary>Nothing: no queue and no limit. Requests are counted all the same.</summary>
    Off,

    /// <summary>First come, first served under the limit; what the policy would have done is reported.</summary>
    Shadow,

    /// <summary>Dispatches follow the policy.</summary>
    Enforce,
}
