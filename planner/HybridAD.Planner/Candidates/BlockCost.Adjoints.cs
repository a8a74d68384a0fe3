using HybridAD.Blocks;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Primitives;

namespace HybridAD.Planning.Candidates;

/// <content>Blocks in reverse, one row of the Jacobian after the other.</content>
internal readonly partial record struct BlockCost
{
    /// <summary>A sum that many slots count into is the product of a matrix and a vector.</summary>
    private const int LongSum = 16;

    /// <summary>The cost of composing adjoints: the values that kernels read once, and for every row all kernels in reverse.</summary>
    public static BlockCost OfAdjoints(PlanningProblem problem, BlockGraph graph)
    {
        var profile = problem.Profile;
        var kernels = new BlockKernels(graph);
        var sweeps = new Sweep[kernels.Count];
        for (var k = 0; k < sweeps.Length; k++)
            sweeps[k] = Sweep.Of(kernels.FirstBlockOf(k), profile);
        var isRead = new bool[graph.SlotCount];
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    foreach (var slot in kernel.Leaf(leaf))
                        isRead[slot] = true;
        var isCompiled = new bool[kernels.Count];
        double once = profile.CompiledEvaluation, row = profile.CompiledEvaluation, setup = profile.RolledOperation * graph.Trace.NodeCount;
        long multiplyAdds = 0, memory = 0;
        foreach (var block in graph.Blocks)
        {
            // A block has to be started, however few instances it has; that takes about as long as a call.
            row += profile.CompiledEvaluation;
            if (block is LinearBlock sums)
            {
                row += sums.Slots.Length * (sums.Slots.Length > LongSum * sums.RowCount ? profile.DenseProduct : profile.KernelLoad + profile.KernelStep);
                multiplyAdds += sums.Slots.Length;
                continue;
            }
            var kernel = (KernelBlock)block;
            var sweep = sweeps[kernels.NumberOf(kernel)];
            var isStraight = kernel.InstanceCount == 1;
            var (step, load, store) = isStraight ? (profile.StraightStep, profile.StraightStep, profile.StraightStep) : (profile.KernelStep, profile.KernelLoad, profile.KernelStore);
            if (isRead.AsSpan(kernel.FirstSlot, kernel.SlotCount).Contains(true))
                once += profile.CompiledEvaluation + kernel.InstanceCount * (sweep.Values(isStraight) + kernel.LeafCount * load + kernel.Kernel.OutputCount * store);
            row += kernel.InstanceCount
                * (sweep.Values(isStraight) + sweep.Partials(isStraight) + sweep.EdgeCount * step + (kernel.LeafCount + kernel.Kernel.OutputCount) * load + sweep.LeafCount * store);
            multiplyAdds += (long)kernel.InstanceCount * sweep.EdgeCount;
            memory += 8L * kernel.InstanceCount * (kernel.LeafCount + kernel.Kernel.OutputCount);
            if (!isCompiled[kernels.NumberOf(kernel)])
                setup += 2 * profile.CompiledKernel + sweep.StepCount * (isStraight ? profile.CompiledStep : profile.CompiledVectorStep);
            isCompiled[kernels.NumberOf(kernel)] = true;
        }
        var rows = Math.Max(1, problem.NonemptyRows);
        // What is not full is computed beside the Jacobian and copied.
        row += problem.Pattern.NonzeroCount < (long)rows * graph.Trace.InputCount ? profile.EntryCopy * (graph.Trace.InputCount + problem.Pattern.NonzeroCount / rows) : 0;
        return new BlockCost(1e-9 * (once + rows * row), 1e-9 * setup, rows * multiplyAdds, memory + 16L * graph.SlotCount + 8L * graph.Trace.InputCount);
    }

    /// <summary>What one instance of a kernel takes in reverse.</summary>
    private sealed class Sweep
    {
        private readonly (double Vector, double Straight) _values;
        private readonly (double Vector, double Straight) _partials;

        private Sweep(KernelBlock block, CostProfile profile)
        {
            var graph = LinearizedGraph.Of(block.Kernel, block.LeafCount);
            var trace = block.Kernel;
            EdgeCount = graph.EdgeCount;
            StepCount = 2 * trace.OperationCount + graph.ComputedPartials.Length + graph.EdgeCount;
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
                LeafCount += graph.IsActive(leaf) ? 1 : 0;
            for (var node = trace.InputCount; node < trace.NodeCount; node++)
                if (trace.Operations[node] > Graph.Op.Constant)
                    Add(ref _values, Primitive.Of(trace.Operations[node]).ValueCost, profile);
            foreach (var (node, _) in graph.ComputedPartials)
                Add(ref _partials, Primitive.Of(trace.Operations[node]).PartialCost, profile);
        }

        public int EdgeCount { get; }

        public int StepCount { get; }

        /// <summary>Leaves that get an adjoint.</summary>
        public int LeafCount { get; }

        public static Sweep Of(KernelBlock block, CostProfile profile) => new(block, profile);

        public double Values(bool isStraight) => isStraight ? _values.Straight : _values.Vector;

        public double Partials(bool isStraight) => isStraight ? _partials.Straight : _partials.Vector;

        private static void Add(ref (double Vector, double Straight) sum, CostClass cost, CostProfile profile) =>
            sum = (sum.Vector + profile.KernelOperation(cost, isStraight: false), sum.Straight + profile.KernelOperation(cost, isStraight: true));
    }
}
