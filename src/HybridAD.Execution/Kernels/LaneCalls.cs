using System.Reflection;
using System.Runtime.CompilerServices;
using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels;

/// <summary>The method that computes a primitive, or a partial derivative of one, in all lanes of a register.</summary>
/// <typeparam name="TVector">The register, as emitted code has it.</typeparam>
/// <typeparam name="TLanes">The register, as rules have it.</typeparam>
internal sealed class LaneCalls<TVector, TLanes> : IPrimitiveVisitor<MethodInfo>
    where TVector : struct
    where TLanes : struct, ILanes<TLanes>
{
    // Emitted code is optimised at once, and so are the long functions behind the rules; what is between is short.
    private const MethodImplOptions Inlined = MethodImplOptions.AggressiveInlining;

    private static readonly LaneCalls<TVector, TLanes>[] ByKind = [new(StepKind.Value), new(StepKind.PartialA), new(StepKind.PartialB)];

    private readonly StepKind _kind;
    private readonly MethodInfo?[] _methods = new MethodInfo?[256];

    private LaneCalls(StepKind kind) => _kind = kind;

    private delegate TVector One(TVector x);

    private delegate TVector Two(TVector x, TVector y);

    private delegate TVector Three(TVector a, TVector b, TVector y);

    /// <summary>The method for a step that is a value or a partial.</summary>
    public static MethodInfo Of(StepKind kind, byte operation)
    {
        var calls = ByKind[kind - StepKind.Value];
        return calls._methods[operation] ??= Primitive.Of(operation).Accept(calls);
    }

    MethodInfo IPrimitiveVisitor<MethodInfo>.Unary<TRule>(UnaryPrimitive<TRule> primitive) =>
        _kind == StepKind.Value ? VectorIsa.Method<One>(Value<TRule>) : VectorIsa.Method<Two>(Partial<TRule>);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Binary<TRule>(BinaryPrimitive<TRule> primitive) => _kind switch
    {
        StepKind.Value => VectorIsa.Method<Two>(Value2<TRule>),
        StepKind.PartialA => VectorIsa.Method<Three>(PartialA<TRule>),
        _ => VectorIsa.Method<Three>(PartialB<TRule>),
    };

    MethodInfo IPrimitiveVisitor<MethodInfo>.List<TRule>(ListPrimitive<TRule> primitive) => throw TileOperation.NotAStep(primitive);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Parametric<TRule>(ParametricPrimitive<TRule> primitive) => throw TileOperation.NotAStep(primitive);

    [MethodImpl(Inlined)]
    private static TVector Value<TRule>(TVector x) where TRule : struct, IUnaryRule => Vector(TRule.Value(Lanes(x)));

    [MethodImpl(Inlined)]
    private static TVector Partial<TRule>(TVector x, TVector y) where TRule : struct, IUnaryRule => Vector(TRule.Partial(Lanes(x), Lanes(y)));

    [MethodImpl(Inlined)]
    private static TVector Value2<TRule>(TVector a, TVector b) where TRule : struct, IBinaryRule => Vector(TRule.Value(Lanes(a), Lanes(b)));

    [MethodImpl(Inlined)]
    private static TVector PartialA<TRule>(TVector a, TVector b, TVector y) where TRule : struct, IBinaryRule =>
        Vector(TRule.PartialA(Lanes(a), Lanes(b), Lanes(y)));

    [MethodImpl(Inlined)]
    private static TVector PartialB<TRule>(TVector a, TVector b, TVector y) where TRule : struct, IBinaryRule =>
        Vector(TRule.PartialB(Lanes(a), Lanes(b), Lanes(y)));

    [MethodImpl(Inlined)]
    private static TLanes Lanes(TVector vector) => Unsafe.BitCast<TVector, TLanes>(vector);

    [MethodImpl(Inlined)]
    private static TVector Vector(TLanes lanes) => Unsafe.BitCast<TLanes, TVector>(lanes);
}
