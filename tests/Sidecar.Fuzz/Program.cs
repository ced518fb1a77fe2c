using Sidecar.Fuzz;

return FuzzCommand.Run(args, Console.Out);
