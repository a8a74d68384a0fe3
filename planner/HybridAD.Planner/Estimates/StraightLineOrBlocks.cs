using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Planning.Costs;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;

namespace HybridAD.Planning.Estimates;

/// <summary>Whether a function is better computed as one piece of straight-line code than from blocks, which then take as long as it takes to start them.</summary>
internal static class StraightLineOrBlocks
{
    /// <summary>The share of what blocks take, which straight-line code has to take less than to be preferred: compiling it takes longer, and the price of blocks is rather too high.</summary>
    public const double ShareOfBlocks = 2.0 / 3;

    /// <summary>The same where the code was looked at.</summary>
    public const double ShareWhereLookedAt = 0.95;

    /// <summary>Operations of a function whose straight-line code is looked at, instruction by instruction, before it is compiled.</summary>
    public const int LongestLookedAt = 2_000;

    /// <summary>
    /// The share of a step that straight-line code takes for an operation or a nonzero at least, in registers of eight numbers: where blocks take little more it is not looked at.
    /// </summary>
    private const double LeastSteps = 0.25;

    /// <summary>Evaluations that are expected where kernels are to be compiled at once, whatever that takes: many more than pay for it.</summary>
    private const double EvaluationsOfCompiled = 1e6;

    /// <summary>What looking at the code takes for each operation: about as long as compiling it.</summary>
    private const double SecondsPerOperation = 6e-6;

    /// <summary>What values are computed from: the function as straight-line code, where that takes much less than its blocks; else these.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="blocks">Its blocks for values.</param>
    /// <param name="options">What they are for.</param>
    /// <param name="engine">When they are compiled.</param>
    /// <param name="code">Looks at the code.</param>
    public static BlockGraph ForValues(Trace trace, BlockGraph blocks, RollingOptions options, Engine engine, IStraightLineWork code)
    {
        var profile = CostProfile.Default;
        var divided = BlockValuesCost.Of(blocks, profile);
        var looks = MayLookAtValues(trace, divided.Nanoseconds, engine);
        // Every operation is a step where nobody looks.
        if (FunctionBlocks.IsWhole(blocks) || (!looks && profile.StraightStep * trace.OperationCount > ShareOfBlocks * divided.Nanoseconds) || FunctionBlocks.AsWhole(trace, options) is not { } whole)
            return blocks;
        var straight = BlockValuesCost.Of(whole, profile);
        if (looks)
            straight = straight with { Nanoseconds = code.OfValues(whole, profile).Nanoseconds(profile) };
        var evaluations = Expected(JacobianPlannerOptions.Default with { Engine = engine }).Evaluations;
        return straight.Nanoseconds < (looks ? ShareWhereLookedAt : ShareOfBlocks) * divided.Nanoseconds && straight.WithSetup(evaluations) < divided.WithSetup(evaluations) ? whole : blocks;
    }

    /// <summary>The function as straight-line code, where that takes much less than its bodies one time after the other; else null.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="bodies">Its bodies.</param>
    /// <param name="options">What values are for.</param>
    /// <param name="engine">When they are compiled.</param>
    /// <param name="code">Looks at the code.</param>
    public static BlockGraph? ForValues(Trace trace, RecurrenceSegment[] bodies, RollingOptions options, Engine engine, IStraightLineWork code)
    {
        var profile = CostProfile.Default;
        var nanoseconds = RecurrentValues.Nanoseconds(bodies, trace.OutputCount, profile);
        return MayLookAtValues(trace, nanoseconds, engine) && FunctionBlocks.AsWhole(trace, options) is { } whole
            && code.OfValues(whole, profile).Nanoseconds(profile) < ShareWhereLookedAt * nanoseconds ? whole : null;
    }

    private static bool MayLookAtValues(Trace trace, double nanoseconds, Engine engine) => MayLookAt(trace.OperationCount, 0, 1e-9 * nanoseconds, JacobianPlannerOptions.Default with { Engine = engine });

    /// <summary>The options with the evaluations in which compiling may pay; fewer than usual are what somebody has said.</summary>
    public static JacobianPlannerOptions Expected(JacobianPlannerOptions options) =>
        options.Engine == Engine.Compiled && options.Evaluations < EvaluationsOfCompiled && options.Evaluations >= JacobianPlannerOptions.Default.Evaluations
            ? options with { Evaluations = EvaluationsOfCompiled } : options;

    /// <summary>Whether the code is short enough to be looked at, and might take so much less than blocks do that looking pays.</summary>
    /// <param name="operations">Operations of the function.</param>
    /// <param name="nonzeros">Numbers that are computed besides.</param>
    /// <param name="seconds">What blocks take.</param>
    /// <param name="options">The prices, and how many evaluations are expected.</param>
    public static bool MayLookAt(int operations, int nonzeros, double seconds, JacobianPlannerOptions options)
    {
        var saved = ShareWhereLookedAt * seconds - 1e-9 * LeastSteps * options.Profile.StraightStep * (operations + nonzeros);
        var share = options.Engine == Engine.Compiled ? 1 : JacobianPlannerOptions.PlanningShare;
        return operations <= LongestLookedAt && SecondsPerOperation * operations < share * Expected(options).Evaluations * saved;
    }
}
