using System.Reflection;
using HybridAD.Execution.Kernels.Interpretation;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Emission;

/// <summary>The method of the scalar rule of a primitive, or of a partial derivative of one.</summary>
internal sealed class ScalarCalls : IPrimitiveVisitor<MethodInfo>
{
    private static readonly ScalarCalls[] ByKind = [new(StepKind.Value), new(StepKind.PartialA), new(StepKind.PartialB)];

    private readonly StepKind _kind;
    private readonly MethodInfo?[] _methods = new MethodInfo?[256];

    private ScalarCalls(StepKind kind) => _kind = kind;

    /// <summary>The method for a step that is a value or a partial.</summary>
    public static MethodInfo Of(StepKind kind, byte operation)
    {
        var calls = ByKind[kind - StepKind.Value];
        return calls._methods[operation] ??= KernelOperation.Of(operation).Accept(calls);
    }

    MethodInfo IPrimitiveVisitor<MethodInfo>.Unary<TRule>(UnaryPrimitive<TRule> primitive) => _kind == StepKind.Value
        ? VectorIsa.Method<Func<double, double>>(TRule.Value)
        : VectorIsa.Method<Func<double, double, double>>(TRule.Partial);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Binary<TRule>(BinaryPrimitive<TRule> primitive) => _kind switch
    {
        StepKind.Value => VectorIsa.Method<Func<double, double, double>>(TRule.Value),
        StepKind.PartialA => VectorIsa.Method<Func<double, double, double, double>>(TRule.PartialA),
        _ => VectorIsa.Method<Func<double, double, double, double>>(TRule.PartialB),
    };

    MethodInfo IPrimitiveVisitor<MethodInfo>.List<TRule>(ListPrimitive<TRule> primitive) => throw TileOperation.NotAStep(primitive);

    MethodInfo IPrimitiveVisitor<MethodInfo>.Parametric<TRule>(ParametricPrimitive<TRule> primitive) => throw TileOperation.NotAStep(primitive);
}
