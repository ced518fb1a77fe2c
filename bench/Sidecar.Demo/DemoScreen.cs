using System.Globalization;

namespace Sidecar.Demo;

/// <summary>The table, line by line as things happen. Colours only on a terminal, and never with NO_COLOR.</summary>
public sealed class DemoScreen
{
    private readonly bool _colours =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void Begin(int number, Scenario scenario)
    {
        Console.WriteLine();
        Console.WriteLine(Paint("1", $"{number}. {scenario.Title}"));
        Console.WriteLine($"   {scenario.Explanation}");
    }

    public void Queued(int arrived, DemoRequest request) => Console.WriteLine(
        $"   queued     {arrived}  {request.Name}  {Header(request)}");

    public void DispatchHeader() => Console.WriteLine(Paint("2",
        "   dispatched    arrived  workload    criticality   wait + criticality - rate =  score   why"));

    public void Dispatched(Dispatch one)
    {
        var flow = one.Flow;
        var terms = flow is null
            ? new string(' ', 37)
            : string.Create(CultureInfo.InvariantCulture,
                $"{flow.WaitTerm,6:F3} + {flow.CriticalityTerm,11:F3} - {flow.RateTerm:F3} = {flow.Score,6:F3}");
        Console.WriteLine(
            $"           {one.Position}  {Paint("1;36", one.Request.Name)}        {one.Arrived}  "
            + $"{one.Request.WorkloadId,-10}  {one.Request.Criticality,11}  {terms}   {one.Why}");
    }

    public void End(string? fault, string order) => Console.WriteLine(fault is null
        ? $"   {Paint("1;32", "PASS")}  order {order}, every answer 200"
        : $"   {Paint("1;31", "FAIL")}  {fault}");

    private static string Header(DemoRequest request) => request.Context is null ? "(no header)" : request.Context;

    private string Paint(string code, string text) => _colours ? $"\e[{code}m{text}\e[0m" : text;
}
