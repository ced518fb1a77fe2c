using Sidecar.Conformance;

return await ConformanceCommand.RunAsync(args, Console.Out);
