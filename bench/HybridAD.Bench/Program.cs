using HybridAD.Bench;

// One word chooses the benchmark; each writes its table to the console and, with --write, to docs/benchmarks.
return Benchmarks.Run(args);
