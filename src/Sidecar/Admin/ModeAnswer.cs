using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sidecar.Admission;
using Sidecar.Admission.Plans;

namespace Sidecar.Admin;

/// <summary>What <c>/mode</c> tells, and how its query changes that. Pure.</summary>
internal static class ModeAnswer
{
    private const string Mode = "mode", Policy = "policy", Percent = "enforce_percent";

    internal static string Of(GatePlan plan)
    {
        var (mode, policy) = (GatePlanNames.NameOf(plan.Mode), GatePlanNames.NameOf(plan.Policy));
        return $"{Mode}={mode} {Policy}={policy} {Percent}={plan.EnforcePercent}";
    }

    /// <summary>Changes what the query names; where it cannot, nothing, and a line for people tells why.</summary>
    internal static string? FaultOf(IQueryCollection query, ref GatePlan plan)
    {
        if (query.Count == 0) return $"nothing to change: {Mode}, {Policy} or {Percent} in the query";
        var next = plan;
        foreach (var (name, values) in query)
        {
            if (FaultOf(name, values.ToString(), ref next) is { } fault) return fault;
        }
        plan = next;
        return null;
    }

    private static string? FaultOf(string name, string value, ref GatePlan plan)
    {
        switch (name)
        {
            case Mode:
                plan = plan with { Mode = (GateMode)IndexOf(GatePlanNames.Modes, value) };
                return Enum.IsDefined(plan.Mode) ? null : Accepted(name, value, GatePlanNames.Modes);
            case Policy:
                plan = plan with { Policy = (GatePolicy)IndexOf(GatePlanNames.Policies, value) };
                return Enum.IsDefined(plan.Policy) ? null : Accepted(name, value, GatePlanNames.Policies);
            case Percent:
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                    || percent > 100) return Accepted(name, value, ["a whole number from 0 to 100"]);
                plan = plan with { EnforcePercent = percent };
                return null;
            default:
                return $"{name} is not known: {Mode}, {Policy} or {Percent}";
        }
    }

    private static byte IndexOf(IReadOnlyList<string> names, string value) =>
        (byte)names.Index().Where(one => one.Item.Equals(value, StringComparison.OrdinalIgnoreCase))
            .Select(one => one.Index).FirstOrDefault(byte.MaxValue);

    private static string Accepted(string name, string value, IReadOnlyList<string> accepted) =>
        $"{name}='{value}': accepted is {string.Join(", ", accepted)}";
}
