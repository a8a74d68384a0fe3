using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>
/// The loops over runs of equal operations, on the first slot and the first of each of the schedule's arrays: references by themselves stay in registers. Slots and
/// indexes are trusted: the schedule was built from a verified trace.
/// </summary>
internal static class ValueLoops
{
    /// <summary>Operations with one operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unary<TRule>(ref double slots, ref int targets, ref int operands, nint start, nint end)
        where TRule : struct, IUnaryRule
    {
        for (var k = start; k < end; k++)
            Unsafe.Add(ref slots, Unsafe.Add(ref targets, k)) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref operands, k)));
    }

    /// <summary>Operations with two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Binary<TRule>(ref double slots, ref int targets, ref int left, ref int right, nint start, nint end)
        where TRule : struct, IBinaryRule
    {
        for (var k = start; k < end; k++)
            Unsafe.Add(ref slots, Unsafe.Add(ref targets, k)) =
                TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref left, k)), Unsafe.Add(ref slots, Unsafe.Add(ref right, k)));
    }

    /// <summary>Sums over lists, added up where the terms stand.</summary>
    public static void Sums(ref double slots, ref int targets, ref int lists, ref int starts, ref int counts, nint start, nint end)
    {
        for (var k = start; k < end; k++)
        {
            ref var list = ref Unsafe.Add(ref lists, Unsafe.Add(ref starts, k));
            nint count = Unsafe.Add(ref counts, k);
            var sum = Unsafe.Add(ref slots, list);
            for (nint term = 1; term < count; term++)
                sum += Unsafe.Add(ref slots, Unsafe.Add(ref list, term));
            Unsafe.Add(ref slots, Unsafe.Add(ref targets, k)) = sum;
        }
    }
}
