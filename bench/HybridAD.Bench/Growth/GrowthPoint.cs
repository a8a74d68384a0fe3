using HybridAD.Bench.Measuring;
using HybridAD.Problems;

namespace HybridAD.Bench.Growth;

/// <summary>What one size of a problem takes, for each operation of its trace: nanoseconds and bytes.</summary>
internal sealed record GrowthPoint(int Operations, double TraceNs, double SetUpNs, double EvaluationNs, double FunctionBytes, double WorkspaceBytes)
{
    private const double LeastSeconds = 0.2;
    private const int MostRuns = 50;
    private static readonly JacobianPlannerOptions s_compiled = new() { Engine = Engine.Compiled };

    public static GrowthPoint Measure(Problem problem)
    {
        var (trace, setUp) = (new List<double>(), new List<double>());
        var runs = 0;
        for (var begin = ThreadClock.Seconds; runs == 0 || (ThreadClock.Seconds - begin < LeastSeconds && runs < MostRuns); runs++)
        {
            var start = ThreadClock.Seconds;
            var traced = problem.Trace();
            trace.Add(ThreadClock.Seconds - start);
            start = ThreadClock.Seconds;
            _ = traced.CompileJacobian(s_compiled);
            setUp.Add(ThreadClock.Seconds - start);
        }

        var kept = KeptMemory.Of(problem.Trace, problem.Start, s_compiled);
        var (x, entries, workspace) = (Placed.Copy(problem.Start), Placed.Numbers(kept.Jacobian.Pattern.NonzeroCount, Place.Entries), OneThread.Workspace());
        var evaluation = QuietProcessor.MedianSeconds(() => kept.Jacobian.EvaluateSparse(x.AsSpan(), entries.AsSpan(), workspace));

        double operations = kept.Function.Trace.OperationCount;
        GC.KeepAlive(kept);
        return new GrowthPoint((int)operations, 1e9 * Median(trace) / operations, 1e9 * Median(setUp) / operations, 1e9 * evaluation / operations,
            (kept.PlannedBytes + kept.PatternBytes + kept.CompiledBytes) / operations, kept.WorkspaceBytes / operations);
    }

    private static double Median(List<double> seconds) => Timing.Median([.. seconds]);
}
