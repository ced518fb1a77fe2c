using Sidecar.Fuzz;

return await FuzzCommand.RunAsync(args, Console.Out);
