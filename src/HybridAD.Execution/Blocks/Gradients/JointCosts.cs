using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Passes;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Plans;
using HybridAD.Rolling;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Whether the outputs of a function and its Jacobian are better computed together: what both are made of is computed once, but the code keeps the roundings of values, and values that otherwise stay
/// in registers may go to memory. What either way takes is what its steps take, which are written for that, but not compiled; as that takes about as long as setting up either, it is
/// asked when so many evaluations have been that others will follow.
/// </summary>
internal static class JointCosts
{
    /// <summary>What evaluating both together saves at least, in nanoseconds: else it is not worth another program.</summary>
    private const double FewestNanoseconds = 25;

    /// <summary>The share of the time that has to be saved: what steps take is not known better.</summary>
    private const double LeastShare = 0.03;

    /// <summary>The share of an evaluation that is saved, about, where it pays.</summary>
    private const double UsualShare = 0.2;

    /// <summary>What it takes to find out and to set up another program, for each kernel and for each number, in nanoseconds.</summary>
    private const double OfKernel = 3e6, OfNumber = 500;

    /// <summary>After how many evaluations of both finding out costs no more than might have been saved. It depends on the function alone, so that results can be had again.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="jacobian">The program of the Jacobian alone.</param>
    public static double EvaluationsBefore(BlockGraph graph, BlockProgram jacobian) =>
        (OfKernel * graph.Blocks.Length + OfNumber * (graph.SlotCount + (double)jacobian.ResultLength)) / (UsualShare * Math.Max(1, jacobian.Nanoseconds));

    /// <summary>Whether it pays.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="pattern">The pattern of the Jacobian.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel; null for every output in reverse.</param>
    /// <param name="writesConstants">Whether constant entries are written.</param>
    /// <param name="jacobian">The program of the Jacobian alone.</param>
    /// <param name="nanosecondsOfValues">What the outputs alone take, which need not be computed from the same blocks.</param>
    public static bool Pay(
        BlockGraph graph, SparsityPattern pattern, Func<KernelBlock, JacobianStrategy?> strategyOf, bool writesConstants, BlockProgram jacobian, double nanosecondsOfValues)
    {
        if (FunctionBlocks.IsWhole(graph))
            return PayAsStraightLine(graph, pattern, strategyOf, writesConstants);
        var apart = Math.Min(ValueAssembler.Assemble(graph, KernelFactory.Pricing).Nanoseconds, nanosecondsOfValues) + jacobian.Nanoseconds;
        var (program, outputs) = JacobianAssembler.AssembleWithValues(graph, pattern, KernelFactory.Pricing, strategyOf, writesConstants);
        return apart - program.Nanoseconds - outputs.Nanoseconds > Math.Max(FewestNanoseconds, LeastShare * apart);
    }

    /// <summary>
    /// The same for one piece of straight-line code, whose instructions are looked at: how well they are packed decides. Strict code calls other functions, but as often in both ways.
    /// </summary>
    private static bool PayAsStraightLine(BlockGraph graph, SparsityPattern pattern, Func<KernelBlock, JacobianStrategy?> strategyOf, bool writesConstants)
    {
        var (apart, together) = (new InstructionCounter(isStrict: false), new InstructionCounter(isStrict: false));
        _ = ValueAssembler.Assemble(graph, apart);
        _ = JacobianAssembler.Assemble(graph, pattern, apart, strategyOf, writesConstants);
        _ = JacobianAssembler.AssembleWithValues(graph, pattern, together, strategyOf, writesConstants);
        return StepCosts.Of(together.Counts) < StepCosts.Of(apart.Counts);
    }
}
