using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Planning.Costs;
using HybridAD.Rolling;

namespace HybridAD.Planning.Estimates;

/// <summary>Whether values are better computed as one piece of straight-line code than from blocks, which then take as long as it takes to start them.</summary>
internal static class StraightLineValues
{
    /// <summary>The share of what blocks take, which straight-line code has to take less than to be preferred: compiling it takes longer, and the price of blocks is rather too high.</summary>
    public const double ShareOfBlocks = 2.0 / 3;

    /// <summary>The function as straight-line code, where that takes much less than its blocks; else these.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="blocks">Its blocks for values.</param>
    /// <param name="options">What they are for.</param>
    public static BlockGraph OrBlocks(Trace trace, BlockGraph blocks, RollingOptions options)
    {
        var (profile, evaluations) = (CostProfile.Default, JacobianPlannerOptions.Default.Evaluations);
        var divided = BlockValuesCost.Of(blocks, profile);
        // Every operation is a step.
        if (FunctionBlocks.IsWhole(blocks) || profile.StraightStep * trace.OperationCount > ShareOfBlocks * divided.Nanoseconds || FunctionBlocks.AsWhole(trace, options) is not { } whole)
            return blocks;
        var straight = BlockValuesCost.Of(whole, profile);
        return straight.Nanoseconds < ShareOfBlocks * divided.Nanoseconds && straight.WithSetup(evaluations) < divided.WithSetup(evaluations) ? whole : blocks;
    }
}
