using HybridAD.Bench.Elimination;

// One subcommand per table; each lives in a folder of its own.
switch (args.FirstOrDefault())
{
    case "elimination":
        return EliminationTable.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: HybridAD.Bench elimination [SECONDS]");
        return 2;
}
