using Sidecar.CommandLine;
using Sidecar.Trials;

return await CommandRun.RunAsync("Sidecar.Trials", _ => TrialCommand.RunAsync(args));
