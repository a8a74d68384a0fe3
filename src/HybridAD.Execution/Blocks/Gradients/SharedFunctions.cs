using HybridAD.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Whether the values of a function and its Jacobian are better computed together for the functions alone that both are made of, exponentials, powers and the like, which are evaluated once then. That
/// is known at a glance; whether it pays without, only <see cref="JointCosts"/> know. Where kernels have many instances, values are added up as they are without the Jacobian; else they go to memory
/// before.
/// </summary>
internal static class SharedFunctions
{
    /// <summary>What evaluating both together saves at least, in nanoseconds: else it is not worth another program.</summary>
    private const double FewestNanoseconds = 25;

    /// <summary>Whether it pays.</summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="strategyOf">The order of elimination inside each kernel; null for every output in reverse.</param>
    public static bool Pay(BlockGraph graph, Func<KernelBlock, JacobianStrategy?> strategyOf)
    {
        var counts = new Dictionary<Graph.Trace, int>(ReferenceEqualityComparer.Instance);
        var (saved, spent, areRepeated) = (0.0, 0.0, JacobianAssembler.AreRepeated(graph));
        foreach (var block in graph.Blocks)
        {
            if (block is LinearBlock sums)
            {
                if (areRepeated)
                    continue;
                // Multiples of inputs are added up in any case.
                spent += StepCosts.CopiedNumber * sums.RowCount;
                foreach (var slot in sums.Slots)
                    spent += slot >= graph.Trace.InputCount ? StepCosts.ScatteredNumber : 0;
                continue;
            }
            var kernel = (KernelBlock)block;
            if (!counts.TryGetValue(kernel.Kernel, out var count))
                counts.Add(kernel.Kernel, count = CountOf(kernel, strategyOf(kernel)));
            var chunks = (kernel.InstanceCount + Chunk.Lanes - 1) / Chunk.Lanes;
            saved += StepCosts.Function * count * chunks;
            spent += areRepeated ? 0 : StepCosts.CopiedNumber * kernel.SlotCount;
        }
        return saved > Math.Max(spent, FewestNanoseconds);
    }

    /// <summary>The functions that one instance evaluates less often where values and derivatives are computed together.</summary>
    private static int CountOf(KernelBlock block, JacobianStrategy? strategy)
    {
        var derivatives = KernelDerivatives.Of(block.Kernel, block.LeafCount, strategy);
        return Functions(withValues: true, withEntries: false) + Functions(withValues: false, withEntries: true) - Functions(withValues: true, withEntries: true);

        int Functions(bool withValues, bool withEntries)
        {
            var code = new KernelCodeBuilder(block.Kernel.InputCount);
            var values = new KernelTranslation(block.Kernel, code, code.Load);
            if (withValues)
                foreach (var node in block.Kernel.Outputs)
                    code.Store(values.ValueOf(node));
            if (withEntries)
                foreach (var entry in derivatives.Write(values, code))
                    if (entry >= 0)
                        code.Store(entry);
            var count = 0;
            foreach (ref readonly var step in code.Build().Steps)
                count += StepCosts.IsFunction(step) ? 1 : 0;
            return count;
        }
    }
}
