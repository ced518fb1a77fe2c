using System.Reflection;
using System.Text;
using Sidecar.Configuration;

namespace Sidecar.Host;

internal static class HelpText
{
    internal static string Version { get; } = typeof(HelpText).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    internal static string Whole()
    {
        var text = new StringBuilder("""
            sidecar: keeps one model server exactly full, and sends next the request that matters most.

            usage: sidecar [COMMAND]

              serve         run (the default)
              check         print the effective configuration, or every fault in it
              healthcheck   exit 0 if the sidecar is ready, by its admin port
              drain         ask the sidecar to drain, and wait until it has
              mode          tell how requests are dispatched, or change it: mode [off|shadow|enforce]
                            [--policy POLICY] [--percent 0 to 100]
              version       or --version
              help          or --help, also after a command

            Settings are environment variables:


            """);
        foreach (var setting in Settings.All)
        {
            var value = setting.Default.Length > 0 ? $" [{setting.Default}]" : "";
            text.Append($"  {setting.Name}{value}\n      {setting.Meaning}\n      accepted: {setting.Accepted}\n");
        }
        return text.ToString();
    }
}
