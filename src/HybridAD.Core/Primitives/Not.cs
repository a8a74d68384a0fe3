using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>1 where x is 0, else 0.</summary>
        public const byte Not = 67;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>1 where x is 0, else 0.</summary>
        public static readonly UnaryPrimitive<NotRule> Not = Primitive.Register(new UnaryPrimitive<NotRule>(Op.Not, "not")
        {
            StaysFinite = true,
            UlpBound = 0,
            Form = PartialForm.Zero, Curved = false, Smoothness = Smoothness.Step,
        });
    }

    /// <summary>1 where x is 0, else 0 (also where it is NaN). Piecewise constant: its derivative is 0, at the jumps too.</summary>
    public readonly struct NotRule : IUnaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => x == 0 ? 1 : 0;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => x == 0 ? 1 : 0;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.Equal(x, T.Broadcast(0)) & T.Broadcast(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Not(x);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>1 where x is 0, else 0; no guard is recorded.</summary>
        public static Real Not(Real x) => Unary<NotRule>(Op.Not, x);
    }
}
