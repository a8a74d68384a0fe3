using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>1 where a &gt; b, else 0.</summary>
        public const byte Greater = 74;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>1 where a &gt; b, else 0.</summary>
        public static readonly BinaryPrimitive<GreaterRule> Greater = Primitive.Register(new BinaryPrimitive<GreaterRule>(Op.Greater, "gt")
        {
            StaysFinite = true,
            UlpBound = 0,
            FormA = PartialForm.Zero, FormB = PartialForm.Zero, Curvature = Curvature.None, Smoothness = Smoothness.Step,
        });
    }

    /// <summary>1 where a &gt; b, else 0; 0 where an operand is NaN. Piecewise constant: all derivatives 0.</summary>
    public readonly struct GreaterRule : IBinaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => a > b ? 1 : 0;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => a > b ? 1 : 0;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => T.Less(b, a) & T.Broadcast(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Less(b, a);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>Compares the values and records the decision as a guard.</summary>
        public static bool operator >(Real left, Real right) => Decide<GreaterRule>(Op.Greater, left, right);

        /// <summary>1 where left &gt; right, else 0, as an active number for <see cref="Where"/>; no guard is recorded.</summary>
        public static Real Greater(Real left, Real right) => Binary<GreaterRule>(Op.Greater, left, right);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>Compares the values; tangents do not take part.</summary>
        public static bool operator >(Dual<T> left, Dual<T> right) => left.Value > right.Value;
    }
}
