using System.Diagnostics;
using System.Text.Json;

namespace HybridAD.Cli.GradBench;

/// <summary>How often and for how long an evaluation is to be run at least.</summary>
internal readonly record struct RunLimits(double Runs, double Seconds)
{
    /// <summary>As the input says; one run where it does not.</summary>
    public static RunLimits Of(JsonElement input) => new(Limit(input, "min_runs", 1), Limit(input, "min_seconds", 0));

    private static double Limit(JsonElement input, string name, double otherwise) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out _) ? input.Number(name) : otherwise;
}

/// <summary>Runs something until it was run often and long enough.</summary>
internal static class TimedRuns
{
    /// <summary>What each run took, in nanoseconds.</summary>
    public static List<long> Of(Action run, RunLimits limits)
    {
        var (runs, total) = (new List<long>(), 0L);
        do
        {
            var start = Stopwatch.GetTimestamp();
            run();
            var nanoseconds = Nanoseconds.Since(start);
            runs.Add(nanoseconds);
            total += nanoseconds;
        }
        while (runs.Count < limits.Runs || total < 1e9 * limits.Seconds);
        return runs;
    }
}

/// <summary>Elapsed time, as finely as the clock has it.</summary>
internal static class Nanoseconds
{
    private static readonly double OfTick = 1e9 / Stopwatch.Frequency;

    public static long Since(long timestamp) => (long)((Stopwatch.GetTimestamp() - timestamp) * OfTick);
}
