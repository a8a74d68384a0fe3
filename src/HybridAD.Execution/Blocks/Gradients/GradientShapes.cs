using System.IO.Hashing;
using System.Runtime.InteropServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Divides the instances of a block into parts by the shapes of the gradients that they read.</summary>
/// <param name="gradients">The gradients of earlier blocks.</param>
/// <param name="inputCount">Number of inputs of the function.</param>
internal sealed class GradientShapes(KeptGradients gradients, int inputCount)
{
    /// <summary>Parts with fewer instances are put together where only the widths must agree.</summary>
    private const int SmallestPart = 16;

    /// <summary>Most parts of a block with so few instances: each is code of its own. With more of them, as where branches decide what instances depend on, the gradients that they read are multiplied outside.</summary>
    private const int MostSmallParts = 6;

    /// <summary>Numbers of the gradients that an instance reads, for each column that they have together, with which they are multiplied inside although every number counts as a column of its own.</summary>
    private const double MostRepeated = 1.5;

    private readonly List<int> _signature = [];
    private int[]? _stamps;
    private int[]? _local;
    private int _stamp;

    /// <summary>What has to be equal for instances to be of one part.</summary>
    private enum Comparison
    {
        /// <summary>Which columns of the gradients coincide.</summary>
        Columns,

        /// <summary>How wide the gradients are: every number of them has a column of its own.</summary>
        Widths,

        /// <summary>Neither: gradients are multiplied outside.</summary>
        Nothing,
    }

    /// <summary>The parts of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="derivatives">The local Jacobian of its kernel.</param>
    /// <param name="isKept">Whether gradients of its results are kept.</param>
    public List<BlockPart> Divide(KernelBlock block, KernelDerivatives derivatives, bool isKept)
    {
        var isUsed = new bool[block.LeafCount];
        foreach (var leaf in derivatives.Pattern.Columns)
            isUsed[leaf] = true;
        var parts = new List<BlockPart>();
        foreach (var instances in LeafSources.Divide(block, inputCount))
        {
            var readsInputsOnly = true;
            for (var leaf = 0; leaf < block.LeafCount; leaf++)
                readsInputsOnly &= !isUsed[leaf] || gradients.IsInput(block.Leaf(leaf)[instances[0]]);
            if (readsInputsOnly)
                parts.Add(BlockPart.Of(block, derivatives, instances, GradientShape.OfInputs(isUsed), gradients));
            else
                Divide(block, derivatives, instances, isUsed, isKept, parts);
        }
        return parts;
    }

    /// <summary>Divides instances that read kept gradients by the shape of these.</summary>
    private void Divide(KernelBlock block, KernelDerivatives derivatives, int[] instances, bool[] isUsed, bool isKept, List<BlockPart> parts)
    {
        var groups = new Dictionary<ulong, List<int>>();
        foreach (var instance in instances)
            GroupOf(groups, Signature(block, instance, isUsed, Comparison.Columns)).Add(instance);
        var loose = new Dictionary<ulong, List<int>>();
        foreach (var group in groups.Values)
        {
            if (group.Count < SmallestPart && groups.Count > 2)
                GroupOf(loose, Signature(block, group[0], isUsed, Comparison.Widths)).AddRange(group);
            else
                Add([group], Comparison.Columns);
        }
        // Numbers of a kept gradient that stand for the same column are read again by everybody who reads it.
        var outside = isKept ? loose.Values.Where(group => Repeats(block, group[0], isUsed)).ToList() : [];
        var inside = loose.Values.Except(outside).ToArray();
        var small = inside.Where(static group => group.Count < SmallestPart).ToArray();
        if (small.Length > MostSmallParts)
        {
            outside.AddRange(small);
            inside = [.. inside.Except(small)];
        }
        Add(inside, Comparison.Widths);
        loose = [];
        foreach (var group in outside)
            GroupOf(loose, Signature(block, group[0], isUsed, Comparison.Nothing)).AddRange(group);
        Add(loose.Values, Comparison.Nothing);

        void Add(IEnumerable<List<int>> all, Comparison comparison)
        {
            foreach (var group in all)
            {
                group.Sort();
                var shape = GradientShape.Of(Signature(block, group[0], isUsed, comparison), isUsed.Length);
                parts.Add(BlockPart.Of(block, derivatives, [.. group], shape, gradients));
            }
        }
    }

    /// <summary>Whether the gradients that an instance reads have far more numbers than columns.</summary>
    private bool Repeats(KernelBlock block, int instance, bool[] isUsed)
    {
        var shape = GradientShape.Of(Signature(block, instance, isUsed, Comparison.Columns), isUsed.Length);
        return shape.ColumnOf.Length > MostRepeated * shape.ColumnCount;
    }

    private static List<int> GroupOf(Dictionary<ulong, List<int>> groups, List<int> signature)
    {
        var key = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(signature)));
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out _);
        return group ??= [];
    }

    /// <summary>
    /// The shape of an instance: for every leaf the width of its gradient, then the local column of each number, columns numbered by first occurrence.
    /// The list is used again by the next call.
    /// </summary>
    private List<int> Signature(KernelBlock block, int instance, bool[] isUsed, Comparison comparison)
    {
        _signature.Clear();
        var (total, widest) = (0, 0);
        for (var leaf = 0; leaf < isUsed.Length; leaf++)
        {
            var width = isUsed[leaf] ? gradients.WidthOf(block.Leaf(leaf)[instance]) : 0;
            (total, widest) = (total + width, Math.Max(widest, width));
        }
        var isWide = comparison == Comparison.Nothing || GradientWidth.IsOutside(total, widest);
        _stamps ??= FreshPages.Array<int>(inputCount);
        _local ??= FreshPages.Array<int>(inputCount);
        _stamp++;
        var columns = 0;
        for (var leaf = 0; leaf < isUsed.Length; leaf++)
        {
            var slot = block.Leaf(leaf)[instance];
            if (!isUsed[leaf])
                GradientShape.AddWidth(_signature, 0);
            else if (gradients.IsInput(slot))
                GradientShape.AddUnit(_signature, LocalColumn(gradients.ColumnAt(slot, 0)));
            else if (isWide)
                GradientShape.AddOutside(_signature);
            else
            {
                var width = gradients.WidthOf(slot);
                GradientShape.AddWidth(_signature, width);
                for (var k = 0; k < width; k++)
                    _signature.Add(LocalColumn(gradients.ColumnAt(slot, k)));
            }
        }
        return _signature;

        int LocalColumn(int column)
        {
            if (comparison != Comparison.Columns || _stamps[column] != _stamp)
                (_stamps[column], _local[column]) = (_stamp, columns++);
            return _local[column];
        }
    }
}
