using HybridAD.Blocks;
using HybridAD.Planning.Costs;
using HybridAD.Primitives;

namespace HybridAD.Planning.Candidates;

/// <summary>Prices kernels with many instances, straight-line code, and the products between blocks.</summary>
/// <param name="Seconds">One evaluation.</param>
/// <param name="SetupSeconds">Compiling.</param>
/// <param name="MultiplyAdds">Multiply-adds of one evaluation.</param>
/// <param name="MemoryBytes">Working memory and positions.</param>
internal readonly partial record struct BlockCost(double Seconds, double SetupSeconds, long MultiplyAdds, long MemoryBytes)
{
    /// <summary>Gradients up to this width are multiplied inside kernels.</summary>
    private const int WidestInside = 48;

    /// <summary>Seconds to divide the function into blocks.</summary>
    public static double RollingSeconds(PlanningProblem problem) => 1e-9 * problem.Profile.RolledOperation * problem.Graph.Trace.NodeCount;

    /// <summary>The cost of a block graph.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="graph">Its blocks.</param>
    /// <param name="orders">How each kernel is differentiated.</param>
    public static BlockCost Of(PlanningProblem problem, BlockGraph graph, KernelOrder[] orders)
    {
        var profile = problem.Profile;
        var kernels = new BlockKernels(graph);
        var isCompiled = new bool[kernels.Count];
        var inputs = graph.Trace.InputCount;
        var widths = new double[graph.SlotCount - inputs];
        double nanoseconds = profile.CompiledEvaluation, setup = profile.RolledOperation * graph.Trace.NodeCount;
        long multiplyAdds = 0, memory = 0;
        foreach (var block in graph.Blocks)
        {
            if (block is LinearBlock sums)
            {
                for (var row = 0; row < sums.RowCount; row++)
                {
                    var width = 0.0;
                    for (var k = sums.RowStarts[row]; k < sums.RowStarts[row + 1]; k++)
                    {
                        width += WidthOf(sums.Slots[k]);
                        // Wide gradients are added up row by row.
                        if (WidthOf(sums.Slots[k]) > WidestInside)
                            nanoseconds += WidthOf(sums.Slots[k]) * profile.DenseProduct;
                    }
                    widths[sums.FirstSlot + row - inputs] = Math.Min(width, inputs);
                }
                continue;
            }
            var kernel = (KernelBlock)block;
            var order = orders[kernels.NumberOf(kernel)];
            var isStraight = kernel.InstanceCount == 1;
            var local = Local(order, kernel, profile, isStraight);
            var (inside, outside) = (0.0, 0.0);
            for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
            {
                var slot = kernel.Leaf(leaf)[0];
                if (slot < inputs)
                    continue;
                if (WidthOf(slot) <= WidestInside)
                    inside += WidthOf(slot);
                else
                    outside += WidthOf(slot);
            }
            var each = local.Nanoseconds + inside * (isStraight ? profile.StraightStep : profile.KernelStep + profile.KernelLoad) + outside * kernel.Kernel.OutputCount * profile.DenseProduct;
            nanoseconds += kernel.InstanceCount * each;
            multiplyAdds += (long)(kernel.InstanceCount * (order.MultiplyAdds + inside + outside));
            memory += 4L * kernel.InstanceCount * (kernel.LeafCount + order.Problem.Pattern.NonzeroCount);
            var widest = 0.0;
            for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                widest += WidthOf(kernel.Leaf(leaf)[0]);
            widths.AsSpan(kernel.FirstSlot - inputs, kernel.SlotCount).Fill(Math.Min(widest, inputs));
            if (!isCompiled[kernels.NumberOf(kernel)])
                setup += isStraight ? profile.CompiledKernel + local.Steps * profile.CompiledStep : profile.CompiledKernel + local.Steps * profile.CompiledVectorStep;
            isCompiled[kernels.NumberOf(kernel)] = true;
        }
        return new BlockCost(1e-9 * nanoseconds, 1e-9 * setup, multiplyAdds, memory + 8L * graph.SlotCount + 8L * problem.Pattern.NonzeroCount);

        double WidthOf(int slot) => slot < inputs ? 1 : widths[slot - inputs];
    }

    private static (double Nanoseconds, double Steps) Local(KernelOrder order, KernelBlock kernel, CostProfile profile, bool isStraight)
    {
        var (step, load, store) = isStraight ? (profile.StraightStep, 0, profile.StraightStep) : (profile.KernelStep, profile.KernelLoad, profile.KernelStore);
        var trace = kernel.Kernel;
        var steps = (double)order.MultiplyAdds;
        var nanoseconds = order.MultiplyAdds * step + kernel.LeafCount * load + order.Problem.Pattern.NonzeroCount * store;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            if (trace.Operations[node] > Graph.Op.Constant)
            {
                steps++;
                nanoseconds += profile.KernelOperation(Primitive.Of(trace.Operations[node]).ValueCost, isStraight);
            }
        foreach (var (node, _) in order.Problem.Graph.ComputedPartials)
        {
            steps++;
            nanoseconds += profile.KernelOperation(Primitive.Of(trace.Operations[node]).PartialCost, isStraight);
        }
        return (nanoseconds, steps);
    }
}
