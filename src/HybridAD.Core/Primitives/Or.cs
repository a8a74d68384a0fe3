using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>1 where an operand is nonzero, else 0.</summary>
        public const byte Or = 69;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>1 where an operand is nonzero, else 0.</summary>
        public static readonly BinaryPrimitive<OrRule> Or = Primitive.Register(new BinaryPrimitive<OrRule>(Op.Or, "or")
        {
            StaysFinite = true,
            UlpBound = 0,
            FormA = PartialForm.Zero, FormB = PartialForm.Zero, Curvature = Curvature.None, Smoothness = Smoothness.Step, IsCommutative = true,
        });
    }

    /// <summary>1 where an operand is nonzero, else 0; NaN counts as nonzero. Piecewise constant: all derivatives 0.</summary>
    public readonly struct OrRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => a != 0 || b != 0 ? 1 : 0;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => a != 0 || b != 0 ? 1 : 0;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => ~(T.Equal(a, T.Broadcast(0)) & T.Equal(b, T.Broadcast(0))) & T.Broadcast(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Not(Interval.Min(Interval.Not(a), Interval.Not(b)));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>1 where an operand is nonzero, else 0; no guard is recorded.</summary>
        public static Real Or(Real left, Real right) => Binary<OrRule>(Op.Or, left, right);
    }
}
