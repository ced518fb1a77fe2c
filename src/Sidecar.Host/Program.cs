using Sidecar.Host;

string[] help = ["--help", "-h", "help"];
switch (args)
{
    case [] or ["serve"]:
        return await ServeCommand.RunAsync();
    case ["check"]:
        return CheckCommand.Run();
    case ["healthcheck"]:
        return await AdminCommand.RunAsync(HttpMethod.Get, "/readyz");
    case ["drain"]:
        return await AdminCommand.RunAsync(HttpMethod.Post, "/drain");
    case ["--version"]:
        Console.WriteLine(HelpText.Version);
        return ExitCodes.Success;
    case [var only] when help.Contains(only):
        Console.Write(HelpText.Whole());
        return ExitCodes.Success;
    default:
        Console.Error.WriteLine($"sidecar: unknown command '{string.Join(' ', args)}'; see sidecar --help");
        return ExitCodes.Usage;
}
