using System.Runtime.InteropServices;
using HybridAD.Blocks;

namespace HybridAD.Rolling.Assembly;

/// <summary>What the instances of a block read where every p of them are one instance.</summary>
/// <param name="Leaves">The different leaves: the slot that each instance reads.</param>
/// <param name="Parameters">The different parameters that are not the same number everywhere.</param>
/// <param name="Inputs">What the inputs of the first of p instances are, then those of the next: a leaf, a parameter, or a literal where both are negative.</param>
internal sealed record JoinedOperands(List<int[]> Leaves, List<double[]> Parameters, (int Leaf, int Parameter, double Literal)[] Inputs)
{
    /// <summary>The operands of a block.</summary>
    public static JoinedOperands Of(KernelBlock block, int period)
    {
        var count = block.Kernel.InputCount;
        var operands = new JoinedOperands([], [], new (int, int, double)[period * count]);
        for (var input = 0; input < operands.Inputs.Length; input++)
        {
            var (copy, of) = Math.DivRem(input, count);
            if (of < block.LeafCount)
                operands.Inputs[input] = (NumberOf(operands.Leaves, Every(block.Leaf(of), copy, period)), -1, 0);
            else if (Every(block.Parameter(of - block.LeafCount), copy, period) is var numbers && AreEqual(numbers))
                operands.Inputs[input] = (-1, -1, numbers[0]);
            else
                operands.Inputs[input] = (-1, NumberOf(operands.Parameters, numbers), 0);
        }
        return operands;
    }

    /// <summary>Whether no instance reads a slot as two leaves.</summary>
    public bool AreDifferent()
    {
        for (var a = 0; a < Leaves.Count; a++)
            for (var b = 0; b < a; b++)
                for (var instance = 0; instance < Leaves[a].Length; instance++)
                    if (Leaves[a][instance] == Leaves[b][instance])
                        return false;
        return true;
    }

    private static T[] Every<T>(ReadOnlySpan<T> all, int first, int period)
    {
        var some = new T[all.Length / period];
        for (var k = 0; k < some.Length; k++)
            some[k] = all[first + k * period];
        return some;
    }

    private static bool AreEqual(double[] numbers) => !MemoryMarshal.Cast<double, long>(numbers.AsSpan()).ContainsAnyExcept(BitConverter.DoubleToInt64Bits(numbers[0]));

    private static int NumberOf<T>(List<T[]> columns, T[] column)
        where T : struct
    {
        var known = columns.FindIndex(other => MemoryMarshal.AsBytes(other.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(column.AsSpan())));
        if (known < 0)
            columns.Add(column);
        return known >= 0 ? known : columns.Count - 1;
    }
}
