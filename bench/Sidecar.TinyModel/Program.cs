using Sidecar.CommandLine;
using Sidecar.TinyModel;

return await CommandRun.RunAsync("Sidecar.TinyModel", _ => Task.FromResult(TinyModelCommand.Run(args)));
