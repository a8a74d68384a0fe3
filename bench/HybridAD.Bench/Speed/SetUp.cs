using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using HybridAD.Problems;

namespace HybridAD.Bench.Speed;

/// <summary>
/// What it takes from the function to its first Jacobian: in a process that has done nothing before, and in one that has set up functions of other kinds.
/// Each measurement is a process of its own, so that nothing is found ready that was made for the same function.
/// </summary>
internal static class SetUp
{
    private const int Processes = 3;
    private const int WarmUpRounds = 60;
    private static readonly string[] s_small = ["a", "b", "c", "d", "e8", "f8", "g20", "h20", "i", "j20", "k12"];

    /// <summary>What it takes in a fresh process and in a warm one, medians.</summary>
    public static (SetUpCost Fresh, SetUpCost Warm) Of(SpeedRow row) => (Median(row, "fresh"), Median(row, "warm"));

    private static SetUpCost Median(SpeedRow row, string state)
    {
        SetUpCost[] costs = [.. Enumerable.Range(0, Processes).Select(_ => InProcess(row, state))];
        return new SetUpCost(
            Timing.Median([.. costs.Select(static cost => cost.Milliseconds)]), (int)Timing.Median([.. costs.Select(static cost => (double)cost.Methods)]), costs[0].Megabytes);
    }

    private static SetUpCost InProcess(SpeedRow row, string state)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SetUp).Assembly.Location, "speed", "--set-up", state, row.Problem, row.Quantity.Name]) { RedirectStandardOutput = true };
        // As the tool runs: code that counts for later optimisation makes a first set-up up to twice as slow.
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var numbers = output.Split(' ');
        return new SetUpCost(
            double.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture), double.Parse(numbers[2], CultureInfo.InvariantCulture));
    }

    /// <summary>Milliseconds, methods and megabytes, measured in this process.</summary>
    public static string Measure(string state, string problem, string quantity)
    {
        if (state == "warm")
            foreach (var other in Enumerable.Repeat(s_small.Where(name => name[0] != problem[0]), WarmUpRounds).SelectMany(names => names))
                _ = Cost(AllProblems.Named(other), Quantity.Jacobian);
        var row = SpeedRows.All.First(row => row.Problem == problem && row.Quantity.Name == quantity);
        var (milliseconds, methods, megabytes) = Cost(AllProblems.Named(problem), row.Quantity);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds:R} {methods} {megabytes:R}");
    }

    private static SetUpCost Cost(Problem problem, Quantity quantity)
    {
        var (start, methods, bytes) = (ThreadClock.Seconds, JitInfo.GetCompiledMethodCount(currentThread: true), GC.GetAllocatedBytesForCurrentThread());
        quantity.Prepare(problem, problem.Trace())().Run(1);
        return new SetUpCost(1e3 * (ThreadClock.Seconds - start), (int)(JitInfo.GetCompiledMethodCount(currentThread: true) - methods), (GC.GetAllocatedBytesForCurrentThread() - bytes) / 1e6);
    }
}

/// <summary>What setting up takes.</summary>
/// <param name="Milliseconds">Thread-CPU.</param>
/// <param name="Methods">Methods that the runtime compiles for it at once: the kernels, and what was not compiled beforehand.</param>
/// <param name="Megabytes">Allocated on the managed heap on the way.</param>
internal readonly record struct SetUpCost(double Milliseconds, int Methods, double Megabytes);
