using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>The loops over runs of equal operations. The slots and index arrays are trusted: the schedule was built from a verified trace.</summary>
/// <param name="slots">All numbers.</param>
/// <param name="schedule">The operations, at least one.</param>
internal readonly ref struct ValueLoops(double[] slots, Schedule schedule)
{
    private readonly ref double _slots = ref slots[0];
    private readonly ref int _targets = ref schedule.Targets[0];
    private readonly ref int _left = ref schedule.Left[0];
    private readonly ref int _right = ref schedule.Right[0];

    /// <summary>Operations with one operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unary<TRule>(nint start, nint end)
        where TRule : struct, IUnaryRule
    {
        for (var k = start; k < end; k++)
            Unsafe.Add(ref _slots, Unsafe.Add(ref _targets, k)) = TRule.Value(Unsafe.Add(ref _slots, Unsafe.Add(ref _left, k)));
    }

    /// <summary>Operations with two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Binary<TRule>(nint start, nint end)
        where TRule : struct, IBinaryRule
    {
        for (var k = start; k < end; k++)
            Unsafe.Add(ref _slots, Unsafe.Add(ref _targets, k)) =
                TRule.Value(Unsafe.Add(ref _slots, Unsafe.Add(ref _left, k)), Unsafe.Add(ref _slots, Unsafe.Add(ref _right, k)));
    }

    /// <summary>Sums over lists, added up where the terms stand.</summary>
    public void Sums(nint start, nint end, int[] lists)
    {
        for (var k = start; k < end; k++)
        {
            ref var list = ref lists[Unsafe.Add(ref _left, k)];
            nint count = Unsafe.Add(ref _right, k);
            var sum = Unsafe.Add(ref _slots, list);
            for (nint term = 1; term < count; term++)
                sum += Unsafe.Add(ref _slots, Unsafe.Add(ref list, term));
            Unsafe.Add(ref _slots, Unsafe.Add(ref _targets, k)) = sum;
        }
    }
}
