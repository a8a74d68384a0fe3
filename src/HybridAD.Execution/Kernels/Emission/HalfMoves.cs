using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>
/// The instructions of AVX2 that move the lanes of a register by what another one holds. There is none for four numbers of 64 bits, but one for eight halves of such numbers.
/// </summary>
internal static class HalfMoves
{
    /// <summary>Whether the processor has them.</summary>
    public static bool AreSupported => Avx2.IsSupported;

    /// <summary>A register of eight integers.</summary>
    public static Type Type { get; } = typeof(Vector256<int>);

    /// <summary>Eight integers.</summary>
    public static MethodInfo Create { get; } = VectorIsa.Method<Func<int, int, int, int, int, int, int, int, Vector256<int>>>(Vector256.Create);

    /// <summary>An integer in eight lanes.</summary>
    public static MethodInfo Repeat { get; } = VectorIsa.Method<Func<int, Vector256<int>>>(Vector256.Create);

    /// <summary>Integers, constant: all shifted left.</summary>
    public static MethodInfo ShiftLeft { get; } = VectorIsa.Method<Func<Vector256<int>, byte, Vector256<int>>>(Avx2.ShiftLeftLogical);

    /// <summary>Integers, shifts: each shifted right by its own.</summary>
    public static MethodInfo ShiftRight { get; } = VectorIsa.Method<Func<Vector256<int>, Vector256<uint>, Vector256<int>>>(Avx2.ShiftRightLogicalVariable);

    /// <summary>Integers as shifts.</summary>
    public static MethodInfo AsShifts { get; } = VectorIsa.Method<Func<Vector256<int>, Vector256<uint>>>(Vector256.AsUInt32);

    /// <summary>a, b: the bits of both.</summary>
    public static MethodInfo Or { get; } = VectorIsa.Method<Func<Vector256<int>, Vector256<int>, Vector256<int>>>(Avx2.Or);

    /// <summary>Eight halves, places: the half at each place, of which the last three bits count.</summary>
    public static MethodInfo Move { get; } = VectorIsa.Method<Func<Vector256<int>, Vector256<int>, Vector256<int>>>(Avx2.PermuteVar8x32);

    /// <summary>Four numbers as eight halves.</summary>
    public static MethodInfo AsHalves { get; } = VectorIsa.Method<Func<Vector256<double>, Vector256<int>>>(Vector256.AsInt32);

    /// <summary>Eight halves as four numbers.</summary>
    public static MethodInfo AsNumbers { get; } = VectorIsa.Method<Func<Vector256<int>, Vector256<double>>>(Vector256.AsDouble);

    /// <summary>a, b, mask: the numbers of b where the first bit of the mask is set.</summary>
    public static MethodInfo Choose { get; } = VectorIsa.Method<Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.BlendVariable);
}
