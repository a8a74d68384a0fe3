using System.Collections.Immutable;
using System.Text.Json;
using HybridAD.Calibration;
using HybridAD.Errors;
using HybridAD.Plans;

namespace HybridAD.Diagnostics;

/// <summary>How long the ways of computing a Jacobian are measured.</summary>
public sealed record JacobianTimingOptions
{
    /// <summary>Everything at its default.</summary>
    public static JacobianTimingOptions Default { get; } = new();

    /// <summary>What the plan is made for; its mode and engine do not matter.</summary>
    public JacobianPlannerOptions Planner { get; init; } = JacobianPlannerOptions.Default;

    /// <summary>Seconds that an evaluation may be predicted to take; a way that is slower is listed, but not run.</summary>
    public double SlowestSeconds { get; init; } = 1;

    /// <summary>Bytes of working memory that a way beside the plan may take.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;

    /// <summary>Rounds, each of which takes all ways in random order.</summary>
    public int Rounds { get; init; } = 15;
}

/// <summary>A way of computing a Jacobian, measured.</summary>
public sealed record TimedWay
{
    /// <summary>"plan" for what the planner has chosen, else the mode.</summary>
    public required string Name { get; init; }

    /// <summary>Whether compiled kernels were at work, all of them or where labels of edges are computed; else the interpreter.</summary>
    public required bool IsCompiled { get; init; }

    /// <summary>Seconds of an evaluation as the cost model predicts them; NaN where it has not worked them out.</summary>
    public required double PredictedSeconds { get; init; }

    /// <summary>Median seconds of processor time of values and Jacobian together; NaN where it was not run.</summary>
    public required double Seconds { get; init; }

    /// <summary>Evaluations that were measured.</summary>
    public required int Runs { get; init; }

    /// <summary>Why it was not run; null where it was.</summary>
    public string? NotRun { get; init; }
}

/// <summary>What the ways of computing a Jacobian take, beside what was predicted.</summary>
public sealed record JacobianTimingReport
{
    /// <summary>The plan, and why it was chosen.</summary>
    public required JacobianPlan Plan { get; init; }

    /// <summary>The plan and every mode.</summary>
    public required ImmutableArray<TimedWay> Ways { get; init; }
}

/// <summary>
/// Measures the chosen plan and every mode in one run: values and nonzeros of the Jacobian at a point with a workspace on one thread, in processor time of the thread, in rounds that take all ways in
/// random order, so that a slow moment hits all alike. The plan and blocks have compiled kernels from the start, all others are interpreted.
/// </summary>
public static class JacobianTimings
{
    private const double SecondsPerRound = 2e-3;

    // Two rounds of so many calls and a pause: the runtime then has compiled what is measured as well as it can.
    private const int WarmUpCalls = 40;
    private const double WarmUpSeconds = 0.05;
    private const int MillisecondsForTheRuntime = 150;

    /// <summary>Rounds at most where a way takes longer than <see cref="LongSeconds"/>.</summary>
    private const int FewRounds = 5;

    private const double LongSeconds = 0.05;

    /// <summary>Measures the ways of computing the Jacobian of a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">The point, one number per input.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="HybridAdArgumentException">HAD1001: the length of <paramref name="x"/> is not the number of inputs.</exception>
    public static JacobianTimingReport Run(TracedFunction function, ReadOnlySpan<double> x, JacobianTimingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        Throw.IfLengthDiffers(x.Length, function.InputCount, nameof(x), "one number per input");
        options ??= JacobianTimingOptions.Default;
        var plan = function.PlanJacobian(options.Planner with { Mode = JacobianMode.Auto, Engine = Engine.Auto });
        var ways = new List<Way> { Planned(function, plan) };
        foreach (var mode in Enum.GetValues<JacobianMode>())
            if (mode != JacobianMode.Auto)
                ways.Add(Of(function, mode, options));
        Measure(ways, x.ToArray(), function.OutputCount, options.Rounds);
        return new JacobianTimingReport { Plan = plan, Ways = [.. ways.Select(static way => way.Result())] };
    }

    private static Way Planned(TracedFunction function, JacobianPlan plan) => new("plan", plan)
    {
        Jacobian = function.Compile(plan, plan.Strategy is BlockStrategy ? Engine.Compiled : Engine.Auto), IsCompiled = plan.Strategy is BlockStrategy,
    };

    private static Way Of(TracedFunction function, JacobianMode mode, JacobianTimingOptions options)
    {
        var engine = mode == JacobianMode.Blocks ? Engine.Compiled : Engine.Interpreted;
        try
        {
            var asked = options.Planner with { Mode = mode, Engine = engine, MemoryLimit = Math.Min(options.MemoryLimit, options.Planner.MemoryLimit) };
            var way = new Way(NameOf(mode), function.PlanJacobian(asked)) { IsCompiled = mode == JacobianMode.Blocks };
            if (way.Predicted > options.SlowestSeconds)
                way.NotRun = $"predicted to take more than {options.SlowestSeconds:G3} s";
            else
                way.Jacobian = function.CompileJacobian(asked);
            return way;
        }
        catch (HybridAdException error)
        {
            return new Way(NameOf(mode), null) { NotRun = error.Message, IsCompiled = mode == JacobianMode.Blocks };
        }
    }

    /// <summary>The name of a mode as plans have it: words in small letters.</summary>

    /// <summary>The name of a mode as plans have it: words in small letters.</summary>
    private static string NameOf(JacobianMode mode) => JsonNamingPolicy.KebabCaseLower.ConvertName(mode.ToString());

    private static void Measure(List<Way> ways, double[] x, int outputs, int rounds)
    {
        var run = ways.FindAll(static way => way.Jacobian is not null);
        var actions = run.ConvertAll<Action>(way =>
        {
            var (jacobian, workspace) = (way.Jacobian!, new Workspace { Options = new EvaluationOptions { ThreadCount = 1 } });
            var (y, entries) = (new double[outputs], new double[jacobian.Pattern.NonzeroCount]);
            return () => jacobian.ValueAndEvaluateSparse(x, y, entries, workspace);
        });
        var longest = 0.0;
        for (var round = 0; round < 2; round++)
        {
            foreach (var action in actions)
            {
                var (calls, start) = (0, ThreadClock.Seconds);
                while (calls < WarmUpCalls && ThreadClock.Seconds - start < WarmUpSeconds)
                {
                    action();
                    calls++;
                }
                longest = Math.Max(longest, (ThreadClock.Seconds - start) / calls);
            }
            Thread.Sleep(MillisecondsForTheRuntime);
        }
        var seconds = Timing.Interleaved(actions, out var runs, longest > LongSeconds ? Math.Min(rounds, FewRounds) : rounds, SecondsPerRound);
        for (var k = 0; k < run.Count; k++)
            (run[k].Seconds, run[k].Runs) = (seconds[k], runs[k]);
    }

    private sealed class Way(string name, JacobianPlan? plan)
    {
        public CompiledJacobian? Jacobian { get; set; }

        public bool IsCompiled { get; init; }

        public string? NotRun { get; set; }

        public double Seconds { get; set; } = double.NaN;

        public int Runs { get; set; }

        public double Predicted => plan?.Candidates.FirstOrDefault(candidate => candidate.Name == plan.Chosen)?.PredictedSeconds is { } seconds && double.IsFinite(seconds) ? seconds : double.NaN;

        public TimedWay Result() => new() { Name = name, IsCompiled = IsCompiled, PredictedSeconds = Predicted, Seconds = Seconds, Runs = Runs, NotRun = NotRun };
    }
}
