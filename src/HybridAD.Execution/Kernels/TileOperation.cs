using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels;

/// <summary>One step over many instances, from arrays to an array, which may be the same.</summary>
internal abstract class TileOperation
{
    /// <summary>Computes <paramref name="count"/> instances, a multiple of the chunk.</summary>
    public abstract void Run(ref double a, ref double b, ref double c, ref double target, int count);

    /// <summary>The operation of a step that is neither literal nor load.</summary>
    public static TileOperation Of(in KernelStep step) => step.Kind switch
    {
        StepKind.MultiplyAdd => new MultiplyAddTile(1, 1),
        StepKind.NegatedMultiplyAdd => new MultiplyAddTile(-1, 1),
        StepKind.MultiplySubtract => new MultiplyAddTile(1, -1),
        StepKind.Select => new SelectTile(),
        _ => Primitive.Of(step.Operation).Accept(new Factory(step.Kind)),
    };

    private sealed class Factory(StepKind kind) : IPrimitiveVisitor<TileOperation>
    {
        public TileOperation Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule =>
            kind == StepKind.Value ? new UnaryTile<TRule>() : new PartialTile<TRule>();

        public TileOperation Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule =>
            kind == StepKind.Value ? new BinaryTile<TRule>() : kind == StepKind.PartialA ? new LeftTile<TRule>() : new RightTile<TRule>();

        public TileOperation List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule => throw NotAStep(primitive);

        public TileOperation Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule => throw NotAStep(primitive);
    }

    /// <summary>Steps have one or two operands; lists and parametric functions are for the code around kernels.</summary>
    internal static ArgumentException NotAStep(Primitive primitive) => new($"Operation {primitive.Name} cannot be a step of a kernel.", nameof(primitive));

    private sealed class UnaryTile<TRule> : TileOperation
        where TRule : struct, IUnaryRule
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.Value(Unsafe.Add(ref a, k));
        }
    }

    private sealed class PartialTile<TRule> : TileOperation
        where TRule : struct, IUnaryRule
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.Partial(Unsafe.Add(ref a, k), Unsafe.Add(ref c, k));
        }
    }

    private sealed class BinaryTile<TRule> : TileOperation
        where TRule : struct, IBinaryRule
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.Value(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k));
        }
    }

    private sealed class LeftTile<TRule> : TileOperation
        where TRule : struct, IBinaryRule
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.PartialA(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), Unsafe.Add(ref c, k));
        }
    }

    private sealed class RightTile<TRule> : TileOperation
        where TRule : struct, IBinaryRule
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = TRule.PartialB(Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), Unsafe.Add(ref c, k));
        }
    }

    private sealed class MultiplyAddTile(double productSign, double addendSign) : TileOperation
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = double.MultiplyAddEstimate(productSign * Unsafe.Add(ref a, k), Unsafe.Add(ref b, k), addendSign * Unsafe.Add(ref c, k));
        }
    }

    private sealed class SelectTile : TileOperation
    {
        public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
        {
            for (nint k = 0; k < count; k++)
                Unsafe.Add(ref target, k) = Unsafe.Add(ref a, k) != 0 ? Unsafe.Add(ref b, k) : Unsafe.Add(ref c, k);
        }
    }
}
