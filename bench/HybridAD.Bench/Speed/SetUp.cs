using System.Diagnostics;
using System.Globalization;
using HybridAD.Bench.Measuring;
using HybridAD.Execution;
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

    /// <summary>Milliseconds in a fresh process and in a warm one, medians.</summary>
    public static (double Fresh, double Warm) Milliseconds(SpeedRow row) => (Median(row, "fresh"), Median(row, "warm"));

    private static double Median(SpeedRow row, string state) => 1e3 * Timing.Median([.. Enumerable.Range(0, Processes).Select(_ => InProcess(row, state))]);

    private static double InProcess(SpeedRow row, string state)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SetUp).Assembly.Location, "speed", "--set-up", state, row.Problem, row.Quantity.Name]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    /// <summary>The seconds, measured in this process.</summary>
    public static string Measure(string state, string problem, string quantity)
    {
        if (state == "warm")
            foreach (var other in Enumerable.Repeat(s_small.Where(name => name[0] != problem[0]), WarmUpRounds).SelectMany(names => names))
                _ = Seconds(AllProblems.Named(other), Quantity.Jacobian);
        var row = SpeedRows.All.First(row => row.Problem == problem && row.Quantity.Name == quantity);
        return Seconds(AllProblems.Named(problem), row.Quantity).ToString("R", CultureInfo.InvariantCulture);
    }

    private static double Seconds(Problem problem, Quantity quantity)
    {
        var start = ThreadClock.Seconds;
        quantity.Prepare(problem, problem.Trace()).Run(1);
        return ThreadClock.Seconds - start;
    }
}
