using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>1 where a ≥ b, else 0.</summary>
        public const byte GreaterOrEqual = 73;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>1 where a ≥ b, else 0.</summary>
        public static readonly BinaryPrimitive<GreaterOrEqualRule> GreaterOrEqual =
            Primitive.Register(new BinaryPrimitive<GreaterOrEqualRule>(Op.GreaterOrEqual, "ge")
            {
                StaysFinite = true,
                UlpBound = 0,
                FormA = PartialForm.Zero, FormB = PartialForm.Zero, Curvature = Curvature.None, Smoothness = Smoothness.Step,
            });
    }

    /// <summary>1 where a ≥ b, else 0; 0 where an operand is NaN. Piecewise constant: all derivatives 0.</summary>
    public readonly struct GreaterOrEqualRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => a >= b ? 1 : 0;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => a >= b ? 1 : 0;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => T.LessOrEqual(b, a) & T.Broadcast(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.LessOrEqual(b, a);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>Compares the values and records the decision as a guard.</summary>
        public static bool operator >=(Real left, Real right) => Decide<GreaterOrEqualRule>(Op.GreaterOrEqual, left, right);

        /// <summary>1 where left ≥ right, else 0, as an active number for <see cref="Where"/>; no guard is recorded.</summary>
        public static Real GreaterOrEqual(Real left, Real right) => Binary<GreaterOrEqualRule>(Op.GreaterOrEqual, left, right);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>Compares the values; tangents do not take part.</summary>
        public static bool operator >=(Dual<T> left, Dual<T> right) => left.Value >= right.Value;
    }
}
