using System.Reflection;
using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels.Interpretation;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>The method that computes a primitive, or a partial derivative of one, by its scalar rule in one lane after the other.</summary>
/// <typeparam name="TVector">The register.</typeparam>
internal sealed class StrictCalls<TVector> : IPrimitiveVisitor<MethodInfo>
    where TVector : struct
{
    // Optimised at the first call: emitted code calls it from a hot loop at once.
    private const MethodImplOptions Whole = MethodImplOptions.AggressiveOptimization;

    private static readonly StrictCalls<TVector>[] ByKind = [new(StepKind.Value), new(StepKind.PartialA), new(StepKind.PartialB)];

    private readonly StepKind _kind;
    private readonly MethodInfo?[] _methods = new MethodInfo?[256];

    private StrictCalls(StepKind kind) => _kind = kind;

    private delegate TVector One(TVector x);

    private delegate TVector Two(TVector x, TVector y);

    private delegate TVector Three(TVector a, TVector b, TVector y);

    /// <summary>The method for a step that is a value or a partial.</summary>
    public static MethodInfo Of(StepKind kind, byte operation)
    {
        var calls = ByKind[kind - StepKind.Value];
        return calls._methods[operation] ??= KernelOperation.Of(operation).Accept(calls);
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

    [MethodImpl(Whole)]
    private static TVector Value<TRule>(TVector x)
        where TRule : struct, IUnaryRule
    {
        for (var lane = 0; lane < Unsafe.SizeOf<TVector>() / sizeof(double); lane++)
            Lane(ref x, lane) = TRule.Value(Lane(ref x, lane));
        return x;
    }

    [MethodImpl(Whole)]
    private static TVector Partial<TRule>(TVector x, TVector y)
        where TRule : struct, IUnaryRule
    {
        for (var lane = 0; lane < Unsafe.SizeOf<TVector>() / sizeof(double); lane++)
            Lane(ref x, lane) = TRule.Partial(Lane(ref x, lane), Lane(ref y, lane));
        return x;
    }

    [MethodImpl(Whole)]
    private static TVector Value2<TRule>(TVector a, TVector b)
        where TRule : struct, IBinaryRule
    {
        for (var lane = 0; lane < Unsafe.SizeOf<TVector>() / sizeof(double); lane++)
            Lane(ref a, lane) = TRule.Value(Lane(ref a, lane), Lane(ref b, lane));
        return a;
    }

    [MethodImpl(Whole)]
    private static TVector PartialA<TRule>(TVector a, TVector b, TVector y)
        where TRule : struct, IBinaryRule
    {
        for (var lane = 0; lane < Unsafe.SizeOf<TVector>() / sizeof(double); lane++)
            Lane(ref a, lane) = TRule.PartialA(Lane(ref a, lane), Lane(ref b, lane), Lane(ref y, lane));
        return a;
    }

    [MethodImpl(Whole)]
    private static TVector PartialB<TRule>(TVector a, TVector b, TVector y)
        where TRule : struct, IBinaryRule
    {
        for (var lane = 0; lane < Unsafe.SizeOf<TVector>() / sizeof(double); lane++)
            Lane(ref a, lane) = TRule.PartialB(Lane(ref a, lane), Lane(ref b, lane), Lane(ref y, lane));
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref double Lane(ref TVector vector, int lane) => ref Unsafe.Add(ref Unsafe.As<TVector, double>(ref vector), lane);
}
