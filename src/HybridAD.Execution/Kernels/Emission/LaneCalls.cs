using System.Reflection;
using HybridAD.Execution.Kernels.Interpretation;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>The method of a rule that computes a primitive, or a partial derivative of one, in all lanes.</summary>
/// <typeparam name="TLanes">The register, as rules have it.</typeparam>
internal sealed class LaneCalls<TLanes> : IPrimitiveVisitor<MethodInfo>
    where TLanes : struct, ILanes<TLanes>
{
    private static readonly LaneCalls<TLanes>[] ByKind = [new(StepKind.Value), new(StepKind.PartialA), new(StepKind.PartialB)];

    private readonly StepKind _kind;
    private readonly MethodInfo?[] _methods = new MethodInfo?[256];

    private LaneCalls(StepKind kind) => _kind = kind;

    private delegate TLanes One(TLanes x);

    private delegate TLanes Two(TLanes x, TLanes y);

    private delegate TLanes Three(TLanes a, TLanes b, TLanes y);

    private delegate TLanes WithSecond(TLanes x, out TLanes second);

    /// <summary>The method that computes a sine and gives the cosine besides.</summary>
    public static MethodInfo SineAndCosine { get; } = VectorIsa.Method<WithSecond>(AreAhead ? LaneMath.SinCosAhead : LaneMath.SinCos);

    private static bool AreAhead => typeof(TLanes) == typeof(Lanes256) && LanesAhead.AreCompiled;

    /// <summary>The method for a step that is a value or a partial.</summary>
    public static MethodInfo Of(StepKind kind, byte operation)
    {
        var calls = ByKind[kind - StepKind.Value];
        return calls._methods[operation] ??= calls.Find(KernelOperation.Of(operation));
    }

    private MethodInfo Find(Primitive primitive) =>
        _kind == StepKind.Value && AreAhead && primitive.ValueAhead is { } ahead ? ahead.Method : primitive.Accept(this);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Unary<TRule>(UnaryPrimitive<TRule> primitive) =>
        _kind == StepKind.Value ? VectorIsa.Method<One>(TRule.Value) : VectorIsa.Method<Two>(TRule.Partial);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Binary<TRule>(BinaryPrimitive<TRule> primitive) => _kind switch
    {
        StepKind.Value => VectorIsa.Method<Two>(TRule.Value),
        StepKind.PartialA => VectorIsa.Method<Three>(TRule.PartialA),
        _ => VectorIsa.Method<Three>(TRule.PartialB),
    };

    MethodInfo IPrimitiveVisitor<MethodInfo>.List<TRule>(ListPrimitive<TRule> primitive) => throw TileOperation.NotAStep(primitive);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Parametric<TRule>(ParametricPrimitive<TRule> primitive) => throw TileOperation.NotAStep(primitive);
}
