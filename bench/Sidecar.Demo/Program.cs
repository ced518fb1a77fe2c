using Sidecar.CommandLine;
using Sidecar.Demo;

return await CommandRun.RunAsync("Sidecar.Demo", stop => DemoCommand.RunAsync(args, stop));
