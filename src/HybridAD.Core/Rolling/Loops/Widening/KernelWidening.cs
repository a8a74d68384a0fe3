using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling.Loops.Samples;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>Writes the kernel blocks of a function from those of its samples.</summary>
internal sealed class KernelWidening
{
    private readonly Dictionary<string, Trace> _kernels = [];

    /// <summary>Widens a block of a sample; null where the copies are not alike.</summary>
    /// <param name="slots">What slots of the sample stand for; receives those of the block.</param>
    /// <param name="number">The number of the block in the sample.</param>
    /// <param name="block">The block.</param>
    /// <param name="firstSlot">Its first slot in the function.</param>
    public KernelBlock? Widen(WidenedSlots slots, int number, KernelBlock block, int firstSlot)
    {
        var owners = new SampleOwners(slots.Sample);
        var read = new SampledSlot[block.LeafCount];
        for (var t = 0; t < block.InstanceCount; t++)
        {
            for (var leaf = 0; leaf < read.Length; leaf++)
                read[leaf] = slots[block.Leaf(leaf)[t]];
            var owner = owners.Add(read, t);
            for (var output = 0; output < block.Kernel.OutputCount; output++)
                slots[block.SlotOf(output, t)] = owner with { Kind = SlotKind.Result, Index = number, Output = output };
        }
        if (!owners.AreAlike())
            return null;
        var types = owners.Types;
        // What stands for a literal in all of them becomes a parameter.
        var isLiteral = new bool[block.LeafCount];
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
        {
            isLiteral[leaf] = types[0].Read[leaf].Kind == SlotKind.Literal;
            foreach (var type in types)
                if ((type.Read[leaf].Kind == SlotKind.Literal) != isLiteral[leaf])
                    return null;
        }
        var count = slots.Place(number, types, firstSlot);
        var leaves = new List<int[]>();
        var parameters = new List<double[]>();
        for (var leaf = 0; leaf < isLiteral.Length; leaf++)
            if (!isLiteral[leaf])
                leaves.Add(slots.Joined(types, count, leaf));
            else
                parameters.Add(WidenedSlots.Joined(types, count, type => slots.Literals(type.Read[leaf])));
        for (var k = 0; k < block.ParameterCount; k++)
        {
            foreach (var type in types)
                foreach (var t in type.Instances)
                    if (BitConverter.DoubleToInt64Bits(block.Parameter(k)[t]) != BitConverter.DoubleToInt64Bits(block.Parameter(k)[type.Instances[0]]))
                        return null;
            var parameter = k;
            parameters.Add(WidenedSlots.Joined(types, count, type => Filled(block.Parameter(parameter)[type.Instances[0]], type.Places.Length)));
        }
        // A product becomes a coefficient, whose order is that of its sum.
        if (leaves.Count == 1 && !ProductFolding.IsProduct(block.Kernel))
            leaves[0] = SortedByLeaf(types, leaves[0], parameters);
        var kernel = KernelInputs.MovedLast(block.Kernel, isLiteral);
        if (types.Exists(static type => type.Part < 0))
        {
            // Several parts may read the same, and an instance reads a slot once.
            if (count > 1 ? !AreDifferent(leaves) : KernelInputs.Merge(ref kernel, leaves) < 0)
                return null;
        }
        return new KernelBlock(firstSlot, Shared(kernel), count, [.. leaves], [.. parameters]) { Name = slots.NameOf(types, []) };
    }

    /// <summary>Functions of one number are computed in the order of these numbers: loads are contiguous, and blocks that read the same are seen to.</summary>
    private static int[] SortedByLeaf(List<SampleType> types, int[] leaf, List<double[]> parameters)
    {
        var isSorted = true;
        for (var i = 1; i < leaf.Length && isSorted; i++)
            isSorted = leaf[i - 1] <= leaf[i];
        if (isSorted)
            return leaf;
        var order = new int[leaf.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        var keys = (int[])leaf.Clone();
        Array.Sort(keys, order);
        var newPlaces = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
            newPlaces[order[i]] = i;
        foreach (var type in types)
            type.Places = Array.ConvertAll(type.Places, place => newPlaces[place]);
        for (var k = 0; k < parameters.Count; k++)
        {
            var unsorted = parameters[k];
            parameters[k] = Array.ConvertAll(order, i => unsorted[i]);
        }
        return keys;
    }

    private static double[] Filled(double number, int count)
    {
        var numbers = new double[count];
        Array.Fill(numbers, number);
        return numbers;
    }

    private static bool AreDifferent(List<int[]> leaves)
    {
        for (var a = 0; a < leaves.Count; a++)
            for (var b = 0; b < a; b++)
                for (var i = 0; i < leaves[a].Length; i++)
                    if (leaves[a][i] == leaves[b][i])
                        return false;
        return true;
    }

    /// <summary>One object for equal kernels of all levels, so that their code is shared.</summary>
    private Trace Shared(Trace kernel)
    {
        if (_kernels.TryGetValue(kernel.Hash, out var known))
            return known;
        _kernels.Add(kernel.Hash, kernel);
        return kernel;
    }
}
