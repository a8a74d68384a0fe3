using BenchmarkDotNet.Running;
using HybridAD.Bench.Allocations;
using HybridAD.Bench.Chains;
using HybridAD.Bench.Colorings;
using HybridAD.Bench.Elimination;
using HybridAD.Bench.Exported;
using HybridAD.Bench.FirstJacobian;
using HybridAD.Bench.Gains;
using HybridAD.Bench.Growth;
using HybridAD.Bench.Hessians;
using HybridAD.Bench.Interpreter;
using HybridAD.Bench.Kernels;
using HybridAD.Bench.Measuring;
using HybridAD.Bench.Memory;
using HybridAD.Bench.Models;
using HybridAD.Bench.Modes;
using HybridAD.Bench.Recurrences;
using HybridAD.Bench.Rolling;
using HybridAD.Bench.Scale;
using HybridAD.Bench.Speed;
using HybridAD.Bench.StabilityBox;
using HybridAD.Bench.StabilityScale;
using HybridAD.Bench.Sweeps;
using HybridAD.Bench.Targets;
using HybridAD.Bench.Threads;
using HybridAD.Bench.Tracing;
using HybridAD.Bench.VectorFunctions;

namespace HybridAD.Bench;

/// <summary>The benchmarks by name.</summary>
internal static class Benchmarks
{
    private static readonly Dictionary<string, (string What, Func<string[], TargetList, string> Run)> ByName = new()
    {
        ["allocations"] = ("time and bytes allocated of every evaluation of the speed table, by BenchmarkDotNet", (args, _) => AllocationsBenchmark.Run(args)),
        ["chains"] = ("compositions of stages through all waists, one or none, and gradients in little memory", (args, _) => ChainsBenchmark.Run(args)),
        ["colorings"] = ("colours of columns, of rows and of both together on named patterns", (args, _) => ColoringsBenchmark.Run(args)),
        ["elimination"] = ("multiplications by elimination on the published functions; a number sets the seconds", (args, _) => EliminationBenchmark.Run(args)),
        ["exported"] = ("functions exported as C and compiled, beside the same compiled here; parts of names measure only those", (args, _) => ExportedBenchmark.Run(args)),
        ["first-jacobian"] = (".nl file to first Jacobian, stage by stage, warm and in a fresh process", (args, _) => FirstJacobianBenchmark.Run(args)),
        ["gains"] = ("one mode for a function against a mode for each of its parts, measured; names of files measure only those", (args, _) => GainsBenchmark.Run(args)),
        ["growth"] = ("time and memory for each operation, from 10^3 operations to 10^7; a number sets the largest power of ten", GrowthBenchmark.Run),
        ["hessians"] = ("Hessians of the models, compiled and interpreted, beside gradients; parts of names measure only those", (args, _) => HessiansBenchmark.Run(args)),
        ["interpreter"] = ("the interpreter's loops beside the same in C++; names of functions measure only those", InterpreterBenchmark.Run),
        ["kernels"] = ("generated code and the interpreter of kernels: time per step, compilation", (args, _) => KernelsBenchmark.Run(args)),
        ["memory"] = ("bytes for each operation that functions and compiled Jacobians keep, and the peak while they are made", MemoryBenchmark.Run),
        ["models"] = ("functions as applications have them: set-up, values and Jacobian, compiled, interpreted and left alone; parts of names measure only those", (args, _) => ModelsBenchmark.Run(args)),
        ["modes"] = ("every mode on every model: predicted and measured, and the regret of the choice", (args, _) => ModesBenchmark.Run(args)),
        ["nl-speed"] = (".nl files beside the AMPL Solver Library: first Jacobian, and evaluations after it", NlSpeedBenchmark.Run),
        ["recurrences"] = ("functions whose repetitions wait for each other, compiled and interpreted; parts of names measure only those", (args, _) => RecurrencesBenchmark.Run(args)),
        ["rolling"] = ("blocks of functions whose parts repeat and of the .nl timing set, and nanoseconds per operation", RollingBenchmark.Run),
        ["scale"] = ("large functions, stage by stage", ScaleBenchmark.Run),
        ["speed"] = ("Jacobians beside C++ written by hand and other tools; names of problems measure only those", SpeedBenchmark.Run),
        ["stability-box"] = ("proven bounds over boxes against FPTaylor's, Daisy's, Gappa's and PRECiSA's", (args, _) => StabilityBoxBenchmark.Run(args)),
        ["stability-scale"] = ("rounding analysis of 15 million operations: time and memory", StabilityScaleBenchmark.Run),
        ["sweeps"] = ("products with the Jacobian and gradients, compiled and interpreted; parts of names measure only those", SweepsBenchmark.Run),
        ["threads"] = ("single evaluations on one thread and on more; names of problems measure only those", (args, _) => ThreadsBenchmark.Run(args)),
        ["tracing"] = ("nanoseconds and bytes per traced operation", TracingBenchmark.Run),
        ["vector-functions"] = ("error and price of elementary functions in lanes; a number sets the points", VectorFunctionsBenchmark.Run),
    };

    public static int Run(string[] args)
    {
        if (args.Length > 0 && args[0] == "dotnet")
        {
            BenchmarkSwitcher.FromAssembly(typeof(Benchmarks).Assembly).Run(args[1..]);
            return 0;
        }
        if (args.Length == 0 || !ByName.TryGetValue(args[0], out var benchmark))
        {
            Console.Error.WriteLine("usage: dotnet run -c Release --project bench/HybridAD.Bench -- NAME [--write]");
            foreach (var (name, (what, _)) in ByName)
                Console.Error.WriteLine($"  {name,-16} {what}");
            Console.Error.WriteLine($"  {"dotnet",-16} BenchmarkDotNet; its own options follow, for example --filter '*' --inProcess --job short");
            return 2;
        }
        var targets = new TargetList();
        var table = benchmark.Run(args[1..], targets);
        Console.WriteLine(table);
        if (!args.Contains("--write"))
            return 0;
        var page = args[0] + Processor.PageSuffix;
        File.WriteAllText(Path.Combine(Repository.Root, "docs", "benchmarks", page + ".md"), table);
        if (targets.All.Count > 0)
            TargetsPage.Write(page, targets.All);
        return 0;
    }
}
