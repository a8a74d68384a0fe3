using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>A partial derivative as a type, so that the loop over it is compiled for it.</summary>
internal interface IPartial
{
    /// <summary>What it is computed from.</summary>
    static abstract Reads Reads { get; }

    /// <summary>The derivative, given what it reads of the operands and the value.</summary>
    static abstract double At(double a, double b, double y);
}

/// <summary>That of an operation with one operand.</summary>
internal readonly struct PartialOf<TRule> : IPartial
    where TRule : struct, IUnaryRule
{
    // The default of a rule is all.
    public static Reads Reads
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TRule.PartialReads & ~Reads.B;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double At(double a, double b, double y) => TRule.Partial(a, y);
}

/// <summary>To the first of two operands.</summary>
internal readonly struct LeftPartialOf<TRule> : IPartial
    where TRule : struct, IBinaryRule
{
    public static Reads Reads => TRule.PartialAReads;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double At(double a, double b, double y) => TRule.PartialA(a, b, y);
}

/// <summary>To the second of two operands.</summary>
internal readonly struct RightPartialOf<TRule> : IPartial
    where TRule : struct, IBinaryRule
{
    public static Reads Reads => TRule.PartialBReads;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double At(double a, double b, double y) => TRule.PartialB(a, b, y);
}

/// <summary>The loops over partial derivatives of one kind. Their code is the slot of each and the slots of what it reads: of the operands, then of the value.</summary>
internal static class PartialLoops
{
    /// <summary>Computes those whose code begins at <paramref name="code"/> and ends at <paramref name="end"/>, at least one, in little code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Short<TPartial>(ref double slots, ref int code, ref int end)
        where TPartial : struct, IPartial
    {
        do
            code = ref Unsafe.Add(ref code, Set<TPartial>(ref slots, ref code));
        while (Unsafe.IsAddressLessThan(ref code, ref end));
    }

    /// <summary>The same, four at a time: where a short loop comes to lie decides whether it takes half as long again, and that differs from process to process.</summary>
    public static void Long<TPartial>(ref double slots, ref int code, ref int end)
        where TPartial : struct, IPartial
    {
        // The slot, two operands, the value.
        const nint LongestCode = 4;
        while (Unsafe.ByteOffset(ref code, ref end) >= 4 * LongestCode * sizeof(int))
        {
            code = ref Unsafe.Add(ref code, Set<TPartial>(ref slots, ref code));
            code = ref Unsafe.Add(ref code, Set<TPartial>(ref slots, ref code));
            code = ref Unsafe.Add(ref code, Set<TPartial>(ref slots, ref code));
            code = ref Unsafe.Add(ref code, Set<TPartial>(ref slots, ref code));
        }
        while (Unsafe.IsAddressLessThan(ref code, ref end))
            code = ref Unsafe.Add(ref code, Set<TPartial>(ref slots, ref code));
    }

    /// <summary>Computes one; returns the length of its code, which is the same for all of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Set<TPartial>(ref double slots, ref int code)
        where TPartial : struct, IPartial
    {
        var reads = TPartial.Reads;
        nint next = 1;
        double a = 0, b = 0, y = 0;
        if ((reads & Reads.A) != 0)
            a = Unsafe.Add(ref slots, Unsafe.Add(ref code, next++));
        if ((reads & Reads.B) != 0)
            b = Unsafe.Add(ref slots, Unsafe.Add(ref code, next++));
        if ((reads & Reads.Value) != 0)
            y = Unsafe.Add(ref slots, Unsafe.Add(ref code, next++));
        Unsafe.Add(ref slots, code) = TPartial.At(a, b, y);
        return next;
    }
}
