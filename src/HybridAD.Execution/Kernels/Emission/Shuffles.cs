using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>The instructions of x86 that move lanes: to transpose, to take halves and to load and store parts of a register.</summary>
internal sealed class Shuffles
{
    /// <summary>a, b: the even lanes of both, interleaved in every 128 bits.</summary>
    public required MethodInfo UnpackLow { get; init; }

    /// <summary>a, b: the odd lanes of both.</summary>
    public required MethodInfo UnpackHigh { get; init; }

    /// <summary>a, b, constant: 128-bit parts of both.</summary>
    public MethodInfo? Parts { get; init; }

    /// <summary>a, indices, b: any lanes of both.</summary>
    public MethodInfo? Permute { get; init; }

    /// <summary>Eight integers, as many shifts: each shifted right by its own.</summary>
    public static MethodInfo ShiftRight { get; } = VectorIsa.Method<Func<Vector512<long>, Vector512<ulong>, Vector512<long>>>(Avx512F.ShiftRightLogicalVariable);

    /// <summary>An integer in eight lanes.</summary>
    public static MethodInfo EightTimes { get; } = VectorIsa.Method<Func<long, Vector512<long>>>(Vector512.Create);

    /// <summary>Eight integers as shifts.</summary>
    public static MethodInfo AsShifts { get; } = VectorIsa.Method<Func<Vector512<long>, Vector512<ulong>>>(Vector512.AsUInt64);

    /// <summary>128 bits: the first lane in all lanes.</summary>
    public MethodInfo? Repeat { get; init; }

    /// <summary>a, constant: any lanes of one; only for four lanes.</summary>
    public MethodInfo? Rearrange { get; init; }

    /// <summary>a, b, constant: a lane of each; only for two lanes.</summary>
    public MethodInfo? Pair { get; init; }

    /// <summary>a, b, constant: in every 128 bits a lane of each; only for four lanes.</summary>
    public MethodInfo? Neighbours { get; init; }

    /// <summary>Address, mask: the lanes of the mask, 0 elsewhere.</summary>
    public MethodInfo? MaskLoad { get; init; }

    /// <summary>Address, mask, value: stores the lanes of the mask.</summary>
    public MethodInfo? MaskStore { get; init; }

    /// <summary>A register of half the width as the lower half of one; the upper half is arbitrary.</summary>
    private MethodInfo? AsLower { get; init; }

    /// <summary>Register, register of half the width, 1: replaces the upper half.</summary>
    private MethodInfo? SetUpper { get; init; }

    /// <summary>A register of half the width, or a number, with zeros behind; not for eight lanes.</summary>
    public MethodInfo? Widen { get; init; }

    /// <summary>The same bits as integers; not for eight lanes.</summary>
    public MethodInfo? Bits { get; init; }

    /// <summary>Two registers of integers: whether they have no bit in common; not for eight lanes.</summary>
    public MethodInfo? AreDisjoint { get; init; }

    /// <summary>Register, constant: a 128-bit part.</summary>
    public MethodInfo? Part { get; init; }

    /// <summary>Register, constant: a half; only for eight lanes.</summary>
    public MethodInfo? Half { get; init; }

    /// <summary>Four lane indices for <see cref="Permute"/>.</summary>
    public static MethodInfo FourIndices { get; } = VectorIsa.Method<Func<long, long, long, long, Vector256<long>>>(Vector256.Create);

    /// <summary>Eight lane indices for <see cref="Permute"/>.</summary>
    public static MethodInfo Indices { get; } =
        VectorIsa.Method<Func<long, long, long, long, long, long, long, long, Vector512<long>>>(Vector512.Create);

    /// <summary>
    /// Pops half a register and pushes a register that begins with it, for <see cref="EmitUpper"/>. (A register made of both halves at once is two instructions to the runtime, which insert them into
    /// what it was before, and so wait for that.)
    /// </summary>
    public void EmitLower(MethodCode il) => il.Emit(OpCodes.Call, AsLower!);

    /// <summary>Pops half a register and a register and pushes this with that as its upper half.</summary>
    public void EmitUpper(MethodCode il)
    {
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Call, SetUpper!);
    }

    /// <summary>Address, 128 bits: stores the lower lane.</summary>
    public static unsafe MethodInfo StoreLow { get; } = VectorIsa.Method<LaneStore>(Sse2.StoreLow);

    /// <summary>Address, 128 bits: stores the upper lane.</summary>
    public static unsafe MethodInfo StoreHigh { get; } = VectorIsa.Method<LaneStore>(Sse2.StoreHigh);

    /// <summary>128 bits, address: replaces the upper lane.</summary>
    public static unsafe MethodInfo LoadHigh { get; } = VectorIsa.Method<LaneLoad>(Sse2.LoadHigh);

    private unsafe delegate Vector128<double> LaneLoad(Vector128<double> value, double* address);

    private unsafe delegate void LaneStore(double* address, Vector128<double> value);

    private unsafe delegate T MaskedLoad<T>(double* address, T mask);

    private unsafe delegate T MergingLoad<T>(double* address, T mask, T merge);

    private unsafe delegate void MaskedStore<T>(double* address, T mask, T value);

    /// <summary>For eight lanes.</summary>
    public static unsafe Shuffles Wide() => new()
    {
        UnpackLow = VectorIsa.Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.UnpackLow),
        UnpackHigh = VectorIsa.Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.UnpackHigh),
        Repeat = VectorIsa.Method<Func<Vector128<double>, Vector512<double>>>(Avx512F.BroadcastScalarToVector512),
        Parts = VectorIsa.Method<Func<Vector512<double>, Vector512<double>, byte, Vector512<double>>>(Avx512F.Shuffle4x128),
        Permute = VectorIsa.Method<Func<Vector512<double>, Vector512<long>, Vector512<double>, Vector512<double>>>(Avx512F.PermuteVar8x64x2),
        MaskLoad = VectorIsa.Method<MergingLoad<Vector512<double>>>(Avx512F.MaskLoad),
        MaskStore = VectorIsa.Method<MaskedStore<Vector512<double>>>(Avx512F.MaskStore),
        AsLower = VectorIsa.Method<Func<Vector256<double>, Vector512<double>>>(Vector256.ToVector512Unsafe),
        SetUpper = VectorIsa.Method<Func<Vector512<double>, Vector256<double>, byte, Vector512<double>>>(Avx512F.InsertVector256),
        Part = VectorIsa.Method<Func<Vector512<double>, byte, Vector128<double>>>(Avx512DQ.ExtractVector128),
        Half = VectorIsa.Method<Func<Vector512<double>, byte, Vector256<double>>>(Avx512F.ExtractVector256),
    };

    /// <summary>For four lanes.</summary>
    public static unsafe Shuffles Middle() => new()
    {
        UnpackLow = VectorIsa.Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.UnpackLow),
        UnpackHigh = VectorIsa.Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.UnpackHigh),
        Repeat = Avx2.IsSupported ? VectorIsa.Method<Func<Vector128<double>, Vector256<double>>>(Avx2.BroadcastScalarToVector256) : null,
        Parts = VectorIsa.Method<Func<Vector256<double>, Vector256<double>, byte, Vector256<double>>>(Avx.Permute2x128),
        Permute = Avx512F.VL.IsSupported ? VectorIsa.Method<Func<Vector256<double>, Vector256<long>, Vector256<double>, Vector256<double>>>(Avx512F.VL.PermuteVar4x64x2) : null,
        Rearrange = Avx2.IsSupported ? VectorIsa.Method<Func<Vector256<double>, byte, Vector256<double>>>(Avx2.Permute4x64) : null,
        Neighbours = VectorIsa.Method<Func<Vector256<double>, Vector256<double>, byte, Vector256<double>>>(Avx.Shuffle),
        MaskLoad = VectorIsa.Method<MaskedLoad<Vector256<double>>>(Avx.MaskLoad),
        MaskStore = VectorIsa.Method<MaskedStore<Vector256<double>>>(Avx.MaskStore),
        AsLower = VectorIsa.Method<Func<Vector128<double>, Vector256<double>>>(Vector128.ToVector256Unsafe),
        SetUpper = VectorIsa.Method<Func<Vector256<double>, Vector128<double>, byte, Vector256<double>>>(Avx.InsertVector128),
        Part = VectorIsa.Method<Func<Vector256<double>, byte, Vector128<double>>>(Avx.ExtractVector128),
        Widen = VectorIsa.Method<Func<Vector128<double>, Vector256<double>>>(Vector128.ToVector256),
        Bits = VectorIsa.Method<Func<Vector256<double>, Vector256<long>>>(Vector256.AsInt64),
        AreDisjoint = VectorIsa.Method<Func<Vector256<long>, Vector256<long>, bool>>(Avx.TestZ),
    };

    /// <summary>For two lanes.</summary>
    public static Shuffles Narrow() => new()
    {
        UnpackLow = VectorIsa.Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.UnpackLow),
        UnpackHigh = VectorIsa.Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.UnpackHigh),
        Repeat = Sse3.IsSupported ? VectorIsa.Method<Func<Vector128<double>, Vector128<double>>>(Sse3.MoveAndDuplicate) : null,
        Pair = VectorIsa.Method<Func<Vector128<double>, Vector128<double>, byte, Vector128<double>>>(Sse2.Shuffle),
        Widen = VectorIsa.Method<Func<double, Vector128<double>>>(Vector128.CreateScalar),
        Bits = VectorIsa.Method<Func<Vector128<double>, Vector128<long>>>(Vector128.AsInt64),
        AreDisjoint = VectorIsa.Method<Func<Vector128<long>, Vector128<long>, bool>>(Sse41.TestZ),
    };
}
