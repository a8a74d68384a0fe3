using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The complementary error function.</summary>
        public const byte Erfc = 39;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The complementary error function.</summary>
        public static readonly UnaryPrimitive<ErfcRule> Erfc = Primitive.Register(new UnaryPrimitive<ErfcRule>(Op.Erfc, "erfc")
        {
            StaysFinite = true, SourceFunction = "erfc",
            UlpBound = 1.5,
            ValueCost = CostClass.Power, PartialCost = CostClass.Exponential,
        });
    }

    /// <summary>1 − erf x without cancellation for large x: partial −2/√π·e^(−x²). 0 at +∞ (underflows above 26.55), 2 at −∞.</summary>
    public readonly struct ErfcRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Accurate.Erfc(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Erfc(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => -ErfRule.Density(x);

        /// <inheritdoc/>
        public static double Second(double x, double y) => 2 * x * ErfRule.Density(x);

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => ErfRule.Density(to, x, -ErfRule.TwoOverRootPi);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Erfc(x);

        /// <inheritdoc/>
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => -ErfRule.Density(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Erfc(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => -ErfRule.DensityEnclosure(x);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => 2 * x * ErfRule.DensityEnclosure(x);
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>1 − erf x without cancellation.</summary>
        public static Real Erfc(Real x) => Unary<ErfcRule>(Op.Erfc, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>1 − erf x without cancellation.</summary>
        public static Dual<T> Erfc(Dual<T> x) => new(Accurately.Erfc(x.Value), Chain(-ErrorDensity(x.Value), x.Tangent));
    }
}
