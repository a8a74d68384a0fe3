using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Linearization;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;
using HybridAD.Sparsity;

namespace HybridAD.Planning.Estimates;

/// <summary>Prices kernels with many instances, straight-line code, and the sums and products between blocks.</summary>
/// <param name="Work">One evaluation.</param>
/// <param name="SetupSeconds">Compiling.</param>
/// <param name="MultiplyAdds">Multiply-adds of one evaluation.</param>
/// <param name="MemoryBytes">Working memory and positions.</param>
internal readonly partial record struct BlockCost(Work Work, double SetupSeconds, long MultiplyAdds, long MemoryBytes)
{
    /// <summary>Sums of at least so many terms, the same for as many rows as vectors have lanes, are a product of a matrix with a vector.</summary>
    private const int FewestTerms = 4;

    /// <summary>Steps of straight-line code, all of it together, that can be worth compiling: with more it no longer fits into the caches, and runs slower than it is interpreted.</summary>
    public const double MostStraightSteps = 60_000;

    /// <summary>Steps of straight-line code, stores included, that the caches near to the processor keep.</summary>
    private const double MostNearSteps = 1 << 15;

    /// <summary>How many steps the others take besides.</summary>
    private const double FarSteps = 3;

    /// <summary>What finding the place of a number of a product takes, in nanoseconds: it is looked at many times until it is one of the lanes of a term.</summary>
    private const double PlacedNumber = 40;

    /// <summary>Bytes that are kept for such a place.</summary>
    private const double BytesOfPlace = 4;

    /// <summary>Kept gradients that take more room than so many of the near caches are written to memory, and read again.</summary>
    private const double CachesOfGradients = 4;

    /// <summary>What a number of such a gradient takes besides, in copies of an entry.</summary>
    private const double CopiesOfFarNumber = 1.5;

    /// <summary>Steps of code for what does not repeat.</summary>
    public double StraightSteps { get; private init; }

    /// <summary>Whether there is too much of such code.</summary>
    public bool IsTooLong => StraightSteps > MostStraightSteps;

    /// <summary>
    /// The pattern of each kernel; null where those of kernels that are run once have so many entries, each of which is a step at least, that there is
    /// too much of such code whatever its order.
    /// </summary>
    /// <param name="graph">The blocks.</param>
    /// <param name="linearized">Each kernel, linearised.</param>
    public static SparsityPattern[]? Patterns(BlockGraph graph, LinearizedGraph[] linearized)
    {
        var kernels = new BlockKernels(graph);
        var isRunOnce = new bool[kernels.Count];
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                isRunOnce[kernels.NumberOf(kernel)] |= kernel.InstanceCount == 1;
        var patterns = new SparsityPattern[kernels.Count];
        var left = (int)MostStraightSteps;
        for (var k = 0; k < patterns.Length; k++)
        {
            if (JacobianSparsity.Detect(linearized[k], isRunOnce[k] ? left : int.MaxValue) is not { } pattern)
                return null;
            patterns[k] = pattern;
            left -= isRunOnce[k] ? pattern.NonzeroCount : 0;
        }
        return patterns;
    }

    /// <summary>Seconds to divide the function into blocks.</summary>
    public static double RollingSeconds(PlanningProblem problem) => 1e-9 * problem.Profile.RolledOperation * problem.Graph.Trace.NodeCount;

    /// <summary>The cost of a block graph.</summary>
    /// <param name="problem">The function.</param>
    /// <param name="graph">Its blocks.</param>
    /// <param name="orders">How each kernel is differentiated.</param>
    /// <param name="uses">What the slots count into.</param>
    public static BlockCost Of(PlanningProblem problem, BlockGraph graph, KernelOrder[] orders, SlotUses uses)
    {
        var profile = problem.Profile;
        var kernels = new BlockKernels(graph);
        var facts = Array.ConvertAll(orders, static order => new KernelFacts(order));
        var gradients = SampledGradients.Of(graph, uses, kernel => facts[kernels.NumberOf(kernel)]);
        var needsValues = NeedsValues(graph, kernel => facts[kernels.NumberOf(kernel)].HasComputed);
        var costs = new KernelCost?[graph.Blocks.Length];
        // How much goes to each row decides how it is stored.
        var contributions = new RowContributions(problem.Pattern, uses.KeptSums, gradients);
        for (var k = 0; k < costs.Length; k++)
            if (graph.Blocks[k] is KernelBlock block)
            {
                costs[k] = new KernelCost(problem, block, facts[kernels.NumberOf(block)], uses, gradients, needsValues[k]);
                costs[k]!.Count(contributions);
            }
            else
            {
                for (var slot = graph.Blocks[k].FirstSlot; slot < graph.Blocks[k].FirstSlot + graph.Blocks[k].SlotCount; slot++)
                    if (uses.IsRead(slot))
                        contributions.Add(slot, gradients.WidthOf(slot), uses);
            }
        var work = new Work().Add(Price.CompiledEvaluation, 1).Add(Price.ConstantEntry, contributions.BegunEntries);
        if (!graph.Trace.Guards.IsEmpty)
            work.Add(Price.StraightStep, graph.Trace.OperationCount);
        var setup = profile.RolledOperation * graph.Trace.NodeCount;
        long multiplyAdds = 0, memory = 0;
        var (straightSteps, straightStores, positions, kept, placed) = (0.0, 0.0, 0.0, 0.0, 0.0);
        var isCompiled = new bool[kernels.Count];
        for (var k = 0; k < graph.Blocks.Length; k++)
        {
            if (graph.Blocks[k] is LinearBlock sums)
            {
                AddSums(sums, needsValues[k], work, uses, new GradientProducts(problem.Pattern, uses, gradients, work));
                continue;
            }
            var (block, kernel) = ((KernelBlock)graph.Blocks[k], costs[k]!);
            var number = kernels.NumberOf(block);
            kernel.AddTo(work, contributions);
            multiplyAdds += kernel.MultiplyAdds;
            positions += kernel.Positions;
            (kept, placed) = (kept + kernel.KeptNumbers, placed + kernel.PlacedNumbers);
            memory += 4L * block.InstanceCount * (block.LeafCount + facts[number].Pattern.NonzeroCount);
            if (!isCompiled[number] && block.InstanceCount == 1)
                (straightSteps, straightStores) = (straightSteps + kernel.Steps, straightStores + kernel.StraightStores);
            if (!isCompiled[number])
                setup += profile.CompiledKernel
                    + (block.InstanceCount == 1 ? (kernel.Steps + kernel.StraightStores) * profile.CompiledStep : kernel.Steps * profile.CompiledVectorStep);
            isCompiled[number] = true;
        }
        // Code that the near caches do not keep is waited for.
        work.Add(Price.StraightStep, FarSteps * Math.Max(0, straightSteps + straightStores - MostNearSteps));
        // Places that the cache does not keep are read like the numbers that they are for.
        if (sizeof(int) * positions > profile.CacheBytes)
            work.Add(Price.EntryCopy, positions * sizeof(int) / sizeof(double));
        work.Add(Price.EntryCopy, CopiesOfFarNumber * Math.Max(0, kept - CachesOfGradients * profile.CacheBytes / sizeof(double)));
        memory += sizeof(double) * ((long)kept + graph.SlotCount + problem.Pattern.NonzeroCount) + (long)(BytesOfPlace * placed);
        return new BlockCost(work, 1e-9 * (setup + PlacedNumber * placed), multiplyAdds, memory) { StraightSteps = straightSteps };
    }

    /// <summary>The blocks whose values derivatives are made of.</summary>
    private static bool[] NeedsValues(BlockGraph graph, Func<KernelBlock, bool> hasComputed)
    {
        var inputs = graph.Trace.InputCount;
        var isNeeded = FreshPages.Array<bool>(graph.SlotCount - inputs);
        var needs = new bool[graph.Blocks.Length];
        for (var k = graph.Blocks.Length - 1; k >= 0; k--)
        {
            var block = graph.Blocks[k];
            needs[k] = isNeeded.AsSpan(block.FirstSlot - inputs, block.SlotCount).Contains(true);
            if (block is LinearBlock sums)
            {
                for (var row = 0; row < sums.RowCount; row++)
                    if (isNeeded[sums.FirstSlot + row - inputs])
                        Need(sums.Slots[sums.RowStarts[row]..sums.RowStarts[row + 1]]);
            }
            else if (block is KernelBlock kernel && (needs[k] || hasComputed(kernel)))
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    Need(kernel.Leaf(leaf));
        }
        return needs;

        void Need(ReadOnlySpan<int> slots)
        {
            foreach (var slot in slots)
                if (slot >= inputs)
                    isNeeded[slot - inputs] = true;
        }
    }

    private static void AddSums(LinearBlock sums, bool needsValues, Work work, SlotUses uses, GradientProducts products)
    {
        for (var row = 0; row < sums.RowCount; row++)
            if (uses.IsRead(sums.FirstSlot + row))
                products.AddMultiples(sums.FirstSlot + row, 1);
        if (!needsValues)
            return;
        var isMatrix = IsMatrix(sums);
        work.Add(Price.BlockStep, 1).Add(isMatrix ? Price.MatrixTerm : Price.SumTerm, sums.Slots.Length + (isMatrix ? 0 : sums.RowCount));
    }

    /// <summary>Whether the sums have the same terms, so that they are the product of a matrix with a vector.</summary>
    private static bool IsMatrix(LinearBlock sums)
    {
        var middle = sums.RowCount / 2;
        var terms = sums.RowStarts[middle + 1] - sums.RowStarts[middle];
        return sums.RowCount >= KernelCost.Lanes && terms >= FewestTerms
            && sums.Slots[sums.RowStarts[0]..sums.RowStarts[1]].SequenceEqual(sums.Slots.Slice(sums.RowStarts[middle], terms));
    }
}
