using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Interpretation;

/// <summary>Steps over many instances by scalar rules.</summary>
internal static class StrictTile
{
    /// <summary>Makes the operations of values and partials.</summary>
    public sealed class Factory(StepKind kind) : IPrimitiveVisitor<TileOperation>
    {
        public TileOperation Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule =>
            kind == StepKind.Value ? new Value<TRule>() : new Partial<TRule>();

        public TileOperation Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule =>
            kind == StepKind.Value ? new Value2<TRule>() : kind == StepKind.PartialA ? new PartialA<TRule>() : new PartialB<TRule>();

        public TileOperation List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule => throw TileOperation.NotAStep(primitive);

        public TileOperation Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule =>
            throw TileOperation.NotAStep(primitive);
    }

    private sealed class Value<TRule> : TileOperation
        where TRule : struct, IUnaryRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.Value(Unsafe.Add(ref a, k));
        }
    }

    private sealed class Partial<TRule> : TileOperation
        where TRule : struct, IUnaryRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.Partial(Unsafe.Add(ref a, k), Unsafe.Add(ref c, k));
        }
    }

    private sealed class Value2<TRule> : TileOperation
        where TRule : struct, IBinaryRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.Value(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k));
        }
    }

    private sealed class PartialA<TRule> : TileOperation
        where TRule : struct, IBinaryRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.PartialA(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), Unsafe.Add(ref c, k));
        }
    }

    private sealed class PartialB<TRule> : TileOperation
        where TRule : struct, IBinaryRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.PartialB(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), Unsafe.Add(ref c, k));
        }
    }
}
