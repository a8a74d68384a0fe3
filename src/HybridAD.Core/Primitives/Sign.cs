using System.Runtime.CompilerServices;
using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>−1, 0 or 1 with the sign of x.</summary>
        public const byte Sign = 63;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>−1, 0 or 1 with the sign of x.</summary>
        public static readonly UnaryPrimitive<SignRule> Sign = Primitive.Register(new UnaryPrimitive<SignRule>(Op.Sign, "sign")
        {
            StaysFinite = true,
            UlpBound = 0,
            Form = PartialForm.Zero, Curved = false, Smoothness = Smoothness.Step,
        });
    }

    /// <summary>
    /// −1, 0 or 1 with the sign of x; zeros keep their sign and NaN stays NaN (unlike <see cref="Math.Sign(double)"/>, which throws). Piecewise
    /// constant: its derivative is 0, at the jumps too.
    /// </summary>
    public readonly struct SignRule : IUnaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => x > 0 ? 1 : x < 0 ? -1 : x;

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => x > 0 ? 1 : x < 0 ? -1 : x;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T Value<T>(T x) where T : struct, ILanes<T> =>
            T.Select(T.Less(T.Broadcast(0), x), T.Broadcast(1), T.Select(T.Less(x, T.Broadcast(0)), T.Broadcast(-1), x));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => x.IsUndefined ? Interval.Undefined : new(Value(x.Lower), Value(x.Upper));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>
        /// −1, 0 or 1 as an active number, without a guard (unlike <see cref="Sign(Real)"/>, which answers with an integer);
        /// its derivative is 0.
        /// </summary>
        public static Real SignOf(Real x) => Unary<SignRule>(Op.Sign, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>−1, 0 or 1 as a number, NaN for NaN; its derivative is 0.</summary>
        public static Dual<T> SignOf(Dual<T> x) => new(Accurately.SignOf(x.Value));
    }
}
