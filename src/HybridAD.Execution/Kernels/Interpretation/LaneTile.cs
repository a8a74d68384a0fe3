using System.Runtime.CompilerServices;
using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Execution.Kernels.Interpretation;

/// <summary>A step as a function of registers, as a type so that the loop over it is compiled for it.</summary>
internal interface ITileFunction
{
    /// <summary>The step in every lane; operands that it does not have are anything.</summary>
    static abstract T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T>;
}

/// <summary>A step over many instances, a register at a time.</summary>
internal sealed class LaneTile<TFunction>(int lanes) : TileOperation
    where TFunction : struct, ITileFunction
{
    public override void Run(ref double a, ref double b, ref double c, ref double target, int count)
    {
        if (lanes == 8)
            Loop<Lanes512>(ref a, ref b, ref c, ref target, count);
        else if (lanes == 4)
            Loop<Lanes256>(ref a, ref b, ref c, ref target, count);
        else
            Loop<Lanes128>(ref a, ref b, ref c, ref target, count);
    }

    // Optimised at the first call, which is when an interpreter is wanted.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<T>(ref double a, ref double b, ref double c, ref double target, int count)
        where T : struct, ILanes<T>
    {
        for (nint k = 0; k < count; k += T.Count)
            T.Store(
                TFunction.Invoke(T.Load(ref Unsafe.Add(ref a, k)), T.Load(ref Unsafe.Add(ref b, k)), T.Load(ref Unsafe.Add(ref c, k))),
                ref Unsafe.Add(ref target, k));
    }
}

/// <summary>The functions.</summary>
internal static class LaneTile
{
    private const MethodImplOptions Inlined = MethodImplOptions.AggressiveInlining;

    /// <summary>Makes the operations of values and partials.</summary>
    public sealed class Factory(StepKind kind, int lanes) : IPrimitiveVisitor<TileOperation>
    {
        public TileOperation Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule =>
            kind == StepKind.Value ? new LaneTile<Value<TRule>>(lanes) : new LaneTile<Partial<TRule>>(lanes);

        public TileOperation Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule => kind switch
        {
            StepKind.Value => new LaneTile<Value2<TRule>>(lanes),
            StepKind.PartialA => new LaneTile<PartialA<TRule>>(lanes),
            _ => new LaneTile<PartialB<TRule>>(lanes),
        };

        public TileOperation List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule => throw TileOperation.NotAStep(primitive);

        public TileOperation Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule =>
            throw TileOperation.NotAStep(primitive);
    }

    public readonly struct Value<TRule> : ITileFunction
        where TRule : struct, IUnaryRule
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => TRule.Value(a);
    }

    public readonly struct Partial<TRule> : ITileFunction
        where TRule : struct, IUnaryRule
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => TRule.Partial(a, c);
    }

    public readonly struct Value2<TRule> : ITileFunction
        where TRule : struct, IBinaryRule
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => TRule.Value(a, b);
    }

    public readonly struct PartialA<TRule> : ITileFunction
        where TRule : struct, IBinaryRule
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => TRule.PartialA(a, b, c);
    }

    public readonly struct PartialB<TRule> : ITileFunction
        where TRule : struct, IBinaryRule
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => TRule.PartialB(a, b, c);
    }

    public readonly struct MultiplyAdd : ITileFunction
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => T.MultiplyAdd(a, b, c);
    }

    public readonly struct NegatedMultiplyAdd : ITileFunction
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => T.MultiplyAdd(-a, b, c);
    }

    public readonly struct MultiplySubtract : ITileFunction
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => T.MultiplyAdd(a, b, -c);
    }

    public readonly struct Select : ITileFunction
    {
        [MethodImpl(Inlined)]
        public static T Invoke<T>(T a, T b, T c) where T : struct, ILanes<T> => T.Select(T.Equal(a, T.Broadcast(0)), c, b);
    }
}
