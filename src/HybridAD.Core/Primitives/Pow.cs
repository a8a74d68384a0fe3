using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>aᵇ.</summary>
        public const byte Pow = 10;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>aᵇ.</summary>
        public static readonly BinaryPrimitive<PowRule> Pow = Primitive.Register(new BinaryPrimitive<PowRule>(Op.Pow, "pow")
        {
            SourceFunction = "pow",
            UlpBound = 1,
            ValueCost = CostClass.Power, PartialCost = CostClass.Power,
        });
    }

    /// <summary>
    /// aᵇ as <see cref="Math.Pow"/> computes it: 1 for b = 0 whatever a is, NaN for a &lt; 0 and fractional b.
    /// ∂/∂a = b·aᵇ⁻¹ is right for negative a and integer b, and at a = 0 it is 0 for b &gt; 1 or b = 0, 1 for b = 1 and infinite for other b.
    /// Where b is infinite and aᵇ⁻¹ is 0, zero wins.
    /// ∂/∂b = y·ln a is NaN for a &lt; 0 and 0 at a = 0, b &gt; 0; it is not asked for where the exponent is a literal.
    /// </summary>
    public readonly struct PowRule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Math.Pow(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Pow(a, b);

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y) => b == 0 ? 0 : Times(b, Lowered(a, b, y, 1));

        /// <inheritdoc/>
        public static Reads PartialBReads => Reads.A | Reads.Value;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y) => y == 0 && a >= 0 ? 0 : y * Math.Log(a);

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => b is 0 or 1 ? 0 : Times(b * (b - 1), Lowered(a, b, y, 2));

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y)
        {
            var lowered = Lowered(a, b, y, 1);
            return lowered == 0 && a >= 0 ? 0 : lowered * (1 + b * Math.Log(a));
        }

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y)
        {
            var logarithm = Math.Log(a);
            return y == 0 && a >= 0 ? 0 : y * logarithm * logarithm;
        }

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y)
        {
            if (to.OperationOf(b) != Op.Constant)
                return to.Binary(Op.Mul, b, to.Binary(Op.Pow, a, to.Binary(Op.Sub, b, to.Constant(1))));
            var exponent = to.ConstantOf(b);
            return exponent switch
            {
                0 => to.Constant(0),
                1 => to.Constant(1),
                2 => to.Binary(Op.Add, a, a),
                _ => to.Binary(Op.Mul, to.Constant(exponent), to.Binary(Op.Pow, a, to.Constant(exponent - 1))),
            };
        }

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y)
        {
            var isFlat = to.Binary(Op.And, to.Binary(Op.Equal, y, to.Constant(0)), to.Binary(Op.GreaterOrEqual, a, to.Constant(0)));
            return to.List(Op.Select, isFlat, to.Constant(0), to.Binary(Op.Mul, y, to.Unary(Op.Log, a)));
        }

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneMath.Pow(a, b);

        /// <summary>aᵇ in every lane for one literal b: small powers and roots need no logarithm.</summary>
        public static T Value<T>(T a, double b) where T : struct, ILanes<T> => LaneMath.Pow(a, b);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T>
        {
            var quotient = y / a;
            var irregular = T.Equal(b, T.Broadcast(0)) | ~(LaneMath.IsNormal(y) & LaneMath.IsNormal(quotient));
            return T.Any(irregular) ? LaneByLane.Map3Where<T, PartialAOf<PowRule>>(irregular, a, b, y, b * quotient) : b * quotient;
        }

        /// <summary>b·aᵇ⁻¹ in every lane for one literal b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialA<T>(T a, double b, T y) where T : struct, ILanes<T> =>
            b == 0 ? T.Broadcast(0)
            : LaneMath.IsProductOrRoot(b - 1) ? T.Broadcast(b) * LaneMath.Pow(a, b - 1)
            : PartialA(a, T.Broadcast(b), y);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T>
        {
            var zero = T.Broadcast(0);
            return T.Select(T.Equal(y, zero) & T.LessOrEqual(zero, a), zero, y * LaneMath.Log(a));
        }

        /// <summary>The product of a factor that b makes and a power; an infinite one times 0 is 0.</summary>
        private static double Times(double factor, double power) => power == 0 && double.IsInfinity(factor) ? 0 : factor * power;

        /// <summary>
        /// aᵇ⁻ᵏ: as y/aᵏ, which is cheap and keeps the exponent exact, unless y or the quotient left the range where that is accurate.
        /// </summary>
        private static double Lowered(double a, double b, double y, int k)
        {
            var quotient = k == 1 ? y / a : y / a / a;
            return double.IsNormal(y) && double.IsNormal(quotient) ? quotient : Math.Pow(a, b - k);
        }

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Pow(a, b);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => b == 0 ? 0 : b * Lowered(a, b, 1);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y)
        {
            var partial = y * LogOf(a);
            // aᵇ·ln a has its minimum −1/(e·b) at e^(−1/b).
            return b.Lower > 0 ? Interval.Max(partial, -Interval.Around(OneOverE).Upper / b.Lower) : partial;
        }

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) => b == 0 || b == 1 ? 0 : b * (b - 1) * Lowered(a, b, 2);

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y) => Lowered(a, b, 1) * (1 + b * LogOf(a));

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) => y * Interval.Square(LogOf(a));

        private const double OneOverE = 0.36787944117144233;

        private static Interval Lowered(Interval a, Interval b, int k)
        {
            var exponent = b - k;
            // At 0 the power is infinite where its exponent is negative: a one-sided bound, as for the partial of a root.
            return a.Lower == 0 && exponent.Upper < 0
                ? Interval.ReciprocalOfPositive(Interval.Pow(a, -exponent))
                : Interval.Pow(a, exponent);
        }

        /// <summary>ln a, −∞ at 0.</summary>
        private static Interval LogOf(Interval a) =>
            a.Lower == 0 && a.Upper > 0 ? new(double.NegativeInfinity, Interval.Log(a.Upper).Upper) : Interval.Log(a);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>xʸ. At x = 0 the derivative to x is 0 for y &gt; 1, 1 for y = 1 and infinite for other y ≠ 0.</summary>
        public static Real Pow(Real x, Real y) => Binary<PowRule>(Op.Pow, x, y);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>xʸ. At x = 0 the derivative to x is 0 for y &gt; 1, 1 for y = 1 and infinite for other y ≠ 0.</summary>
        public static Dual<T> Pow(Dual<T> x, Dual<T> y)
        {
            var power = T.Pow(x.Value, y.Value);
            var tangent = IsZeroEverywhere(x.Tangent) || IsZeroEverywhere(y.Value)
                ? T.Zero
                : Chain(Chain(y.Value, T.Pow(x.Value, y.Value - T.One)), x.Tangent);
            if (!IsZeroEverywhere(y.Tangent) && !(power == T.Zero && x.Value >= T.Zero))
                tangent += Chain(power * T.Log(x.Value), y.Tangent);
            return new(power, tangent);
        }
    }
}
