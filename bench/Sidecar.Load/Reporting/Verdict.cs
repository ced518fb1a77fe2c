namespace Sidecar.Load.Reporting;

/// <summary>One expectation and what was measured.</summary>
public sealed record Verdict(bool Holds, string Text)
{
    public string Line => $"{(Holds ? "PASS" : "FAIL")}  {Text}";
}
