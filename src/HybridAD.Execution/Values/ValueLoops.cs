using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>
/// The loops over runs of equal operations, at least one, from the first number of their code to the end of it: two references stay in registers where the loops of many
/// operations stand in one method. Slots and code are trusted: the schedule was built from a verified trace.
/// </summary>
internal static class ValueLoops
{
    /// <summary>Operations with one operand: target, operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unary<TRule>(ref double slots, ref int code, ref int end)
        where TRule : struct, IUnaryRule
    {
        const int Length = 2;
        // Two at a time: where a short loop comes to lie decides whether it takes half as long again, and that differs from process to process.
        for (; Unsafe.ByteOffset(ref code, ref end) > Length * sizeof(int); code = ref Unsafe.Add(ref code, 2 * Length))
        {
            Unsafe.Add(ref slots, code) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, 1)));
            Unsafe.Add(ref slots, Unsafe.Add(ref code, Length)) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, Length + 1)));
        }
        if (Unsafe.IsAddressLessThan(ref code, ref end))
            Unsafe.Add(ref slots, code) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, 1)));
    }

    /// <summary>Operations with two operands: target, first, second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Binary<TRule>(ref double slots, ref int code, ref int end)
        where TRule : struct, IBinaryRule
    {
        const int Length = 3;
        for (; Unsafe.ByteOffset(ref code, ref end) > Length * sizeof(int); code = ref Unsafe.Add(ref code, 2 * Length))
        {
            Unsafe.Add(ref slots, code) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, 1)), Unsafe.Add(ref slots, Unsafe.Add(ref code, 2)));
            Unsafe.Add(ref slots, Unsafe.Add(ref code, Length)) =
                TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, Length + 1)), Unsafe.Add(ref slots, Unsafe.Add(ref code, Length + 2)));
        }
        if (Unsafe.IsAddressLessThan(ref code, ref end))
            Unsafe.Add(ref slots, code) = TRule.Value(Unsafe.Add(ref slots, Unsafe.Add(ref code, 1)), Unsafe.Add(ref slots, Unsafe.Add(ref code, 2)));
    }

    /// <summary>Sums over lists, added up where the terms stand: target, distance to the list, number of terms.</summary>
    public static void Sums(ref double slots, ref int code, ref int end)
    {
        const int Short = 8;
        do
        {
            ref var list = ref Unsafe.Add(ref code, Unsafe.Add(ref code, 1));
            nint count = Unsafe.Add(ref code, 2);
            var sum = Unsafe.Add(ref slots, list);
            nint term = 1;
            // One after the other, as the rule has it; in long lists four to a turn, so that nothing but the additions takes time.
            if (count > Short)
                for (; term <= count - 4; term += 4)
                    sum = sum + Unsafe.Add(ref slots, Unsafe.Add(ref list, term)) + Unsafe.Add(ref slots, Unsafe.Add(ref list, term + 1))
                        + Unsafe.Add(ref slots, Unsafe.Add(ref list, term + 2)) + Unsafe.Add(ref slots, Unsafe.Add(ref list, term + 3));
            for (; term < count; term++)
                sum += Unsafe.Add(ref slots, Unsafe.Add(ref list, term));
            Unsafe.Add(ref slots, code) = sum;
            code = ref Unsafe.Add(ref code, 3);
        }
        while (Unsafe.IsAddressLessThan(ref code, ref end));
    }
}
