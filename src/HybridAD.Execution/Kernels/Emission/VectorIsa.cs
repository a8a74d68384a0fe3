using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Graph;
using HybridAD.Lanes;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>
/// The vector instructions of one width, as methods that the JIT knows. Operators and the intrinsics of the hardware are chosen where they exist: the
/// JIT takes 6 µs for a call of one, and 37 µs for one of the generic methods of <see cref="Vector512"/> and its relatives.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Asked for only where code can be generated, and there nothing is trimmed.")]
internal sealed class VectorIsa
{
    private static readonly double SignlessBits = BitConverter.Int64BitsToDouble(long.MaxValue);

    private readonly Dictionary<string, MethodInfo> _operators = [];

    private VectorIsa(int lanes, Type type)
    {
        Lanes = lanes;
        Type = type;
    }

    /// <summary>Eight doubles.</summary>
    public static VectorIsa Wide { get; } = OfWide();

    /// <summary>Four doubles.</summary>
    public static VectorIsa Middle { get; } = OfMiddle();

    /// <summary>Two doubles.</summary>
    public static VectorIsa Narrow { get; } = OfNarrow();

    /// <summary>The instructions for a number of lanes.</summary>
    public static VectorIsa Of(int lanes) => lanes switch
    {
        8 => Wide,
        4 => Middle,
        2 => Narrow,
        _ => throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "A register holds 8, 4 or 2 doubles."),
    };

    /// <summary>Doubles in a register.</summary>
    public int Lanes { get; }

    /// <summary>The register as a type.</summary>
    public Type Type { get; }

    /// <summary>The same number in all lanes.</summary>
    public required MethodInfo Broadcast { get; init; }

    /// <summary>A number for each lane.</summary>
    public required MethodInfo Create { get; init; }

    /// <summary>a · b + c.</summary>
    public required MethodInfo MultiplyAdd { get; init; }

    /// <summary>c − a · b, where there is an instruction.</summary>
    public MethodInfo? NegatedMultiplyAdd { get; init; }

    /// <summary>a · b − c, where there is an instruction.</summary>
    public MethodInfo? MultiplySubtract { get; init; }

    /// <summary>−a · b − c, where there is an instruction.</summary>
    public MethodInfo? NegatedMultiplySubtract { get; init; }

    /// <summary>√x.</summary>
    public required MethodInfo Sqrt { get; init; }

    /// <summary>The mask of a = b.</summary>
    public required MethodInfo Equal { get; init; }

    /// <summary>The mask of a &lt; b.</summary>
    public required MethodInfo Less { get; init; }

    /// <summary>The mask of a ≤ b, where it is an instruction.</summary>
    public MethodInfo? LessOrEqual { get; init; }

    /// <summary>The mask of a &gt; b, where it is an instruction.</summary>
    public MethodInfo? Greater { get; init; }

    /// <summary>The mask of a ≥ b, where it is an instruction.</summary>
    public MethodInfo? GreaterOrEqual { get; init; }

    /// <summary>a where a &gt; b, else b, where it is an instruction.</summary>
    public MethodInfo? Larger { get; init; }

    /// <summary>a where a &lt; b, else b, where it is an instruction.</summary>
    public MethodInfo? Smaller { get; init; }

    /// <summary>Two operands, a table and 0: what the table has for the class of the second operand, where there is an instruction.</summary>
    public MethodInfo? Classify { get; init; }

    /// <summary>The table in all lanes.</summary>
    public MethodInfo? BroadcastBits { get; init; }

    /// <summary>The larger of two, NaN if either is NaN; −0 counts as less than +0.</summary>
    public required MethodInfo Maximum { get; init; }

    /// <summary>The smaller of two, NaN if either is NaN; −0 counts as less than +0.</summary>
    public required MethodInfo Minimum { get; init; }

    /// <summary>Mask, a, b: a where it is set.</summary>
    public required MethodInfo Select { get; init; }

    /// <summary>The sum of both lanes; null for more than two.</summary>
    public MethodInfo? Sum { get; init; }

    /// <summary>The lower half; null for two lanes.</summary>
    public MethodInfo? Lower { get; init; }

    /// <summary>The upper half; null for two lanes.</summary>
    public MethodInfo? Upper { get; init; }

    /// <summary>Instructions to transpose; null where there are none, and then lanes go through memory.</summary>
    public Shuffles? Shuffle { get; init; }

    /// <summary>−1 for −∞ and negative numbers, and 1 for the six other classes: quiet and signalling NaN, zero, one, ∞, positive numbers; 9 and 10 in the table of <c>VFIXUPIMMPD</c>.</summary>
    private const long SlopesOfClasses = 0xA9A9AAAA;

    /// <summary>An operator of the vector type by its metadata name.</summary>
    public MethodInfo Operator(string name)
    {
        lock (_operators)
            return _operators.TryGetValue(name, out var method) ? method : _operators[name] = Type.GetMethod(name, name == "op_UnaryNegation" ? [Type] : [Type, Type])!;
    }

    /// <summary>The mask of a comparison; null where it is no instruction, and for other operations.</summary>
    public MethodInfo? Comparison(byte operation) => operation switch
    {
        Op.Less => Less,
        Op.LessOrEqual => LessOrEqual,
        Op.Greater => Greater,
        Op.GreaterOrEqual => GreaterOrEqual,
        _ => null,
    };

    /// <summary>Whether one of the <see cref="ExactOperations"/> takes a few instructions.</summary>
    public bool HasPrimitive(byte operation) => !ExactOperations.AreComparisons(operation) || Comparison(operation) is not null;

    /// <summary>Emits an operation that takes a few instructions; its operands are on the stack.</summary>
    public void EmitPrimitive(MethodCode il, byte operation)
    {
        switch (operation)
        {
            case Op.Sqrt:
                il.Emit(OpCodes.Call, Sqrt);
                break;
            case Op.Abs:
                EmitNumber(il, SignlessBits);
                il.Emit(OpCodes.Call, Operator("op_BitwiseAnd"));
                break;
            case Op.Max:
                il.Emit(OpCodes.Call, Maximum);
                break;
            case Op.Min:
                il.Emit(OpCodes.Call, Minimum);
                break;
            case var _ when Comparison(operation) is { } comparison:
                il.Emit(OpCodes.Call, comparison);
                EmitNumber(il, 1);
                EmitNumber(il, 0);
                il.Emit(OpCodes.Call, Select);
                break;
            case KernelOperation.SlopeOfAbs when Classify is not null:
                // One instruction, which takes what it answers from the class of its operand, in any register; a choice by a mask takes four in the lower half.
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldc_I8, SlopesOfClasses);
                il.Emit(OpCodes.Call, BroadcastBits!);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Call, Classify);
                break;
            case KernelOperation.SlopeOfAbs:
                EmitNumber(il, 0);
                il.Emit(OpCodes.Call, Less);
                EmitNumber(il, -1);
                EmitNumber(il, 1);
                il.Emit(OpCodes.Call, Select);
                break;
            default:
                il.Emit(OpCodes.Call, Operator(operation switch
                {
                    Op.Add => "op_Addition",
                    Op.Sub => "op_Subtraction",
                    Op.Mul => "op_Multiply",
                    Op.Div => "op_Division",
                    Op.Neg => "op_UnaryNegation",
                    _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "It takes more than a few instructions."),
                }));
                break;
        }
    }

    private void EmitNumber(MethodCode il, double number)
    {
        il.Emit(OpCodes.Ldc_R8, number);
        il.Emit(OpCodes.Call, Broadcast);
    }

    /// <summary>Makes of a register what the rules compute with.</summary>
    public required ConstructorInfo Wrap { get; init; }

    /// <summary>The field of what the rules compute with that is the register.</summary>
    public required FieldInfo Unwrap { get; init; }

    /// <summary>The method of the rule of a primitive, value or partial, for wrapped registers.</summary>
    public MethodInfo Call(StepKind kind, byte operation) => Lanes switch
    {
        8 => LaneCalls<Lanes512>.Of(kind, operation),
        4 => LaneCalls<Lanes256>.Of(kind, operation),
        _ => LaneCalls<Lanes128>.Of(kind, operation),
    };

    /// <summary>The method that computes a sine and gives the cosine besides, for wrapped registers.</summary>
    public MethodInfo SineAndCosine => Lanes switch
    {
        8 => LaneCalls<Lanes512>.SineAndCosine,
        4 => LaneCalls<Lanes256>.SineAndCosine,
        _ => LaneCalls<Lanes128>.SineAndCosine,
    };

    /// <summary>The method that applies the scalar rule to one lane after the other, for registers.</summary>
    public MethodInfo StrictCall(StepKind kind, byte operation) => Lanes switch
    {
        8 => StrictCalls<Vector512<double>>.Of(kind, operation),
        4 => StrictCalls<Vector256<double>>.Of(kind, operation),
        _ => StrictCalls<Vector128<double>>.Of(kind, operation),
    };

    private static VectorIsa OfWide() => new(8, typeof(Vector512<double>))
    {
        Wrap = typeof(Lanes512).GetConstructor([typeof(Vector512<double>)])!,
        Unwrap = typeof(Lanes512).GetField(nameof(Lanes512.Value))!,
        Broadcast = Method<Func<double, Vector512<double>>>(Vector512.Create),
        Create = Method<Func<double, double, double, double, double, double, double, double, Vector512<double>>>(Vector512.Create),
        MultiplyAdd = Method<Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>>(
            Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd : Vector512.MultiplyAddEstimate),
        NegatedMultiplyAdd = Avx512F.IsSupported
            ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.FusedMultiplyAddNegated) : null,
        MultiplySubtract = Avx512F.IsSupported
            ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.FusedMultiplySubtract) : null,
        NegatedMultiplySubtract = Avx512F.IsSupported
            ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.FusedMultiplySubtractNegated) : null,
        Sqrt = Method<Func<Vector512<double>, Vector512<double>>>(Avx512F.IsSupported ? Avx512F.Sqrt : Vector512.Sqrt),
        Equal = Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.IsSupported ? Avx512F.CompareEqual : Vector512.Equals),
        Less = Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(
            Avx512F.IsSupported ? Avx512F.CompareLessThan : Vector512.LessThan),
        Classify = Avx512F.IsSupported ? Method<Func<Vector512<double>, Vector512<double>, Vector512<long>, byte, Vector512<double>>>(Avx512F.Fixup) : null,
        BroadcastBits = Method<Func<long, Vector512<long>>>(Vector512.Create),
        LessOrEqual = Avx512F.IsSupported ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.CompareLessThanOrEqual) : null,
        Greater = Avx512F.IsSupported ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.CompareGreaterThan) : null,
        GreaterOrEqual = Avx512F.IsSupported ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.CompareGreaterThanOrEqual) : null,
        Larger = Avx512F.IsSupported ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.Max) : null,
        Smaller = Avx512F.IsSupported ? Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Avx512F.Min) : null,
        Maximum = Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Vector512.Max),
        Minimum = Method<Func<Vector512<double>, Vector512<double>, Vector512<double>>>(Vector512.Min),
        Select = Method<Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>>(Vector512.ConditionalSelect),
        Lower = Method<Func<Vector512<double>, Vector256<double>>>(Vector512.GetLower),
        Upper = Method<Func<Vector512<double>, Vector256<double>>>(Vector512.GetUpper),
        Shuffle = Lanes512.IsAccelerated ? Shuffles.Wide() : null,
    };

    private static VectorIsa OfMiddle() => new(4, typeof(Vector256<double>))
    {
        Wrap = typeof(Lanes256).GetConstructor([typeof(Vector256<double>)])!,
        Unwrap = typeof(Lanes256).GetField(nameof(Lanes256.Value))!,
        Broadcast = Method<Func<double, Vector256<double>>>(Vector256.Create),
        Create = Method<Func<double, double, double, double, Vector256<double>>>(Vector256.Create),
        MultiplyAdd = Method<Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>>(
            Fma.IsSupported ? Fma.MultiplyAdd : Vector256.MultiplyAddEstimate),
        NegatedMultiplyAdd = Fma.IsSupported
            ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>>(Fma.MultiplyAddNegated) : null,
        MultiplySubtract = Fma.IsSupported
            ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>>(Fma.MultiplySubtract) : null,
        NegatedMultiplySubtract = Fma.IsSupported
            ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>>(Fma.MultiplySubtractNegated) : null,
        Sqrt = Method<Func<Vector256<double>, Vector256<double>>>(Avx.IsSupported ? Avx.Sqrt : Vector256.Sqrt),
        Equal = Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.IsSupported ? Avx.CompareEqual : Vector256.Equals),
        Less = Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.IsSupported ? Avx.CompareLessThan : Vector256.LessThan),
        Classify = Avx512F.VL.IsSupported ? Method<Func<Vector256<double>, Vector256<double>, Vector256<long>, byte, Vector256<double>>>(Avx512F.VL.Fixup) : null,
        BroadcastBits = Method<Func<long, Vector256<long>>>(Vector256.Create),
        LessOrEqual = Avx.IsSupported ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.CompareLessThanOrEqual) : null,
        Greater = Avx.IsSupported ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.CompareGreaterThan) : null,
        GreaterOrEqual = Avx.IsSupported ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.CompareGreaterThanOrEqual) : null,
        Larger = Avx.IsSupported ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.Max) : null,
        Smaller = Avx.IsSupported ? Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Avx.Min) : null,
        Maximum = Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Vector256.Max),
        Minimum = Method<Func<Vector256<double>, Vector256<double>, Vector256<double>>>(Vector256.Min),
        Select = Method<Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>>(Vector256.ConditionalSelect),
        Lower = Method<Func<Vector256<double>, Vector128<double>>>(Vector256.GetLower),
        Upper = Method<Func<Vector256<double>, Vector128<double>>>(Vector256.GetUpper),
        Shuffle = Avx.IsSupported ? Shuffles.Middle() : null,
    };

    private static VectorIsa OfNarrow() => new(2, typeof(Vector128<double>))
    {
        Wrap = typeof(Lanes128).GetConstructor([typeof(Vector128<double>)])!,
        Unwrap = typeof(Lanes128).GetField(nameof(Lanes128.Value))!,
        Broadcast = Method<Func<double, Vector128<double>>>(Vector128.Create),
        Create = Method<Func<double, double, Vector128<double>>>(Vector128.Create),
        MultiplyAdd = Method<Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>>(
            Fma.IsSupported ? Fma.MultiplyAdd : Vector128.MultiplyAddEstimate),
        NegatedMultiplyAdd = Fma.IsSupported
            ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>>(Fma.MultiplyAddNegated) : null,
        MultiplySubtract = Fma.IsSupported
            ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>>(Fma.MultiplySubtract) : null,
        NegatedMultiplySubtract = Fma.IsSupported
            ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>>(Fma.MultiplySubtractNegated) : null,
        Sqrt = Method<Func<Vector128<double>, Vector128<double>>>(Sse2.IsSupported ? Sse2.Sqrt : Vector128.Sqrt),
        Equal = Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.IsSupported ? Sse2.CompareEqual : Vector128.Equals),
        Less = Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.IsSupported ? Sse2.CompareLessThan : Vector128.LessThan),
        Classify = Avx512F.VL.IsSupported ? Method<Func<Vector128<double>, Vector128<double>, Vector128<long>, byte, Vector128<double>>>(Avx512F.VL.Fixup) : null,
        BroadcastBits = Method<Func<long, Vector128<long>>>(Vector128.Create),
        LessOrEqual = Sse2.IsSupported ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.CompareLessThanOrEqual) : null,
        Greater = Sse2.IsSupported ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.CompareGreaterThan) : null,
        GreaterOrEqual = Sse2.IsSupported ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.CompareGreaterThanOrEqual) : null,
        Larger = Sse2.IsSupported ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.Max) : null,
        Smaller = Sse2.IsSupported ? Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Sse2.Min) : null,
        Maximum = Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Vector128.Max),
        Minimum = Method<Func<Vector128<double>, Vector128<double>, Vector128<double>>>(Vector128.Min),
        Select = Method<Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>>(Vector128.ConditionalSelect),
        Sum = Method<Func<Vector128<double>, double>>(Vector128.Sum),
        Shuffle = Sse2.IsSupported ? Shuffles.Narrow() : null,
    };

    /// <summary>The method of a method group; it is never called through the delegate.</summary>
    internal static MethodInfo Method<TDelegate>(TDelegate method) where TDelegate : Delegate => method.Method;
}
