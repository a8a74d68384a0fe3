using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Primitives;

namespace HybridAD.Variants;

/// <summary>Prices straight-line code by its instructions.</summary>
/// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
internal sealed class StraightLineWork(bool isStrict) : IStraightLineWork
{
    /// <summary>Cycles that a step of arithmetic makes the next one wait.</summary>
    private const double CyclesOfWait = 4;

    public Work OfValues(BlockGraph whole, CostProfile profile)
    {
        var counter = new InstructionCounter(isStrict);
        _ = ValueAssembler.Assemble(whole, counter);
        return WorkOf(counter.Counts, profile);
    }

    public Work OfJacobian(BlockGraph whole, SparsityPattern pattern, JacobianStrategy order, CostProfile profile)
    {
        var counter = new InstructionCounter(isStrict);
        _ = JacobianAssembler.Assemble(whole, pattern, counter, _ => order);
        return WorkOf(counter.Counts, profile);
    }

    /// <summary>A processor computes what need not wait while other instructions do, so that the longer of both counts.</summary>
    private static Work WorkOf(InstructionCounts counts, CostProfile profile)
    {
        var work = new Work().Add(Price.StraightStep, counts.Simple);
        foreach (var cost in Enum.GetValues<CostClass>())
            if (cost > CostClass.Arithmetic)
                work.Add(Price.For(CostEngine.StraightLine, cost), counts.Single(cost)).Add(Price.For(CostEngine.Kernel, cost), counts.Packed(cost));
        var waits = new Work().Add(Price.StraightWait, counts.Waits / CyclesOfWait);
        return new Work().Add(Price.CompiledEvaluation, 1).Add(Price.BlockStep, 1).Add(work.Nanoseconds(profile) < waits.Nanoseconds(profile) ? waits : work);
    }
}
