using HybridAD.Cli;

return CommandLine.Run(args, Shell.OfProcess());
