using Sidecar.CommandLine;
using Sidecar.Load.Commands;

return await CommandRun.RunAsync("Sidecar.Load", stop => CommandTable.RunAsync(args, stop));
