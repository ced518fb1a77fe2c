using Sidecar.Configuration;

namespace Sidecar.Host;

/// <summary><c>sidecar check</c>: the effective configuration, or every fault in it.</summary>
internal static class CheckCommand
{
    internal static int Run()
    {
        var source = new EnvironmentSource();
        var reading = SettingsReader.Read(source);
        foreach (var warning in reading.Warnings) Console.Error.WriteLine($"warning: {warning}");
        if (TellFaults(reading.Faults)) return ExitCodes.Usage;
        foreach (var (variable, value, isSet) in SettingsReader.Effective(source))
            Console.WriteLine($"{variable.Name}={value}{(isSet ? "" : "  (default)")}");
        return ExitCodes.Success;
    }

    /// <summary>One line per fault on standard error; true if there is any.</summary>
    internal static bool TellFaults(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults) Console.Error.WriteLine(fault);
        return faults.Count > 0;
    }
}
