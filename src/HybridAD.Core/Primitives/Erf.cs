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
        /// <summary>The error function.</summary>
        public const byte Erf = 38;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The error function.</summary>
        public static readonly UnaryPrimitive<ErfRule> Erf = Primitive.Register(new UnaryPrimitive<ErfRule>(Op.Erf, "erf")
        {
            StaysFinite = true, SourceFunction = "erf",
            UlpBound = 1,
            ValueCost = CostClass.Power, PartialCost = CostClass.Exponential,
        });
    }

    /// <summary>2/√π ∫₀ˣ e^(−t²) dt: partial 2/√π·e^(−x²). ±1 at ±∞.</summary>
    public readonly struct ErfRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Accurate.Erf(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Erf(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => Density(x);

        /// <inheritdoc/>
        public static double Second(double x, double y) => -2 * x * Density(x);

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => Density(to, x, TwoOverRootPi);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Erf(x);

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => Density(x);

        /// <summary>factor·e^(−x²) as operations.</summary>
        internal static int Density(TraceBuilder to, int x, double factor) =>
            to.Binary(Op.Mul, to.Constant(factor), to.Unary(Op.Exp, to.Unary(Op.Neg, to.Binary(Op.Mul, x, x))));

        /// <summary>2/√π·e^(−x²) in every lane, as above.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal static T Density<T>(T x) where T : struct, ILanes<T>
        {
            var square = x * x;
            var correction = T.Broadcast(1) - T.FusedMultiplyAdd(x, x, -square);
            var density = T.Broadcast(TwoOverRootPi) * LaneMath.Exp(-square) * correction;
            return T.Select(T.Less(T.Broadcast(28), T.Abs(x)), T.Broadcast(0), density);
        }

        internal const double TwoOverRootPi = 1.1283791670955126;

        /// <summary>
        /// 2/√π·e^(−x²). The rounding error of x², up to x²/2 ulp of the result, is put right to first order.
        /// 0 beyond ±28, where e^(−x²) underflows.
        /// </summary>
        internal static double Density(double x)
        {
            if (Math.Abs(x) > 28)
                return 0;
            var square = x * x;
            return TwoOverRootPi * Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square));
        }

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Erf(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => DensityEnclosure(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => -2 * x * DensityEnclosure(x);

        /// <summary>2/√π·e^(−x²).</summary>
        internal static Interval DensityEnclosure(Interval x) => Interval.Around(TwoOverRootPi) * Interval.Exp(-Interval.Square(x));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The error function 2/√π ∫₀ˣ e^(−t²) dt.</summary>
        public static Real Erf(Real x) => Unary<ErfRule>(Op.Erf, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The error function 2/√π ∫₀ˣ e^(−t²) dt.</summary>
        public static Dual<T> Erf(Dual<T> x) => new(Accurately.Erf(x.Value), Chain(ErrorDensity(x.Value), x.Tangent));

        /// <summary>2/√π·e^(−x²), see <see cref="ErfRule"/>.</summary>
        private static T ErrorDensity(T x)
        {
            if (T.Abs(x) > Literal(28))
                return T.Zero;
            var square = x * x;
            return Literal(ErfRule.TwoOverRootPi) * T.Exp(-square) * (T.One - T.FusedMultiplyAdd(x, x, -square));
        }
    }
}
