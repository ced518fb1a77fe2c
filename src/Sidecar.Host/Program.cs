using Sidecar.Admin;
using Sidecar.Host;

StandardStreams.Prepare();
string[] help = ["--help", "-h", "help"], commands = ["serve", "check", "healthcheck", "drain", "mode", "version"];
try
{
    switch (args)
    {
        case [] or ["serve"]:
            return await ServeCommand.RunAsync();
        case ["check"]:
            return await CheckCommand.RunAsync();
        case ["healthcheck"]:
            return await AdminCommand.RunAsync(HttpMethod.Get, "/readyz");
        case ["drain"]:
            return await AdminCommand.RunAsync(HttpMethod.Post, DrainAnswer.Path);
        case ["mode", .. var rest] when rest is not ["--help" or "-h"]:
            return await ModeCommand.RunAsync(rest);
        case ["version" or "--version"]:
            return StandardStreams.TryPrint($"{HelpText.Version}\n") ? ExitCodes.Success : ExitCodes.Failure;
        case [var only] when help.Contains(only):
        case [var command, "--help" or "-h"] when commands.Contains(command):
            return StandardStreams.TryPrint(HelpText.Whole()) ? ExitCodes.Success : ExitCodes.Failure;
        default:
            StandardStreams.Complain($"sidecar: unknown command '{string.Join(' ', args)}'; see sidecar --help");
            return ExitCodes.Usage;
    }
}
catch (Exception failure)
{
    // An exit code and the whole story, rather than an abort and a core.
    StandardStreams.Complain($"sidecar: {failure}");
    return ExitCodes.Failure;
}
