using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The nearest integer, ties to even.</summary>
        public const byte RoundToEven = 76;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The nearest integer, ties to even.</summary>
        public static readonly UnaryPrimitive<RoundToEvenRule> RoundToEven =
            Primitive.Register(new UnaryPrimitive<RoundToEvenRule>(Op.RoundToEven, "rint")
            {
                StaysFinite = true, SourceFunction = "nearbyint",
                UlpBound = 0,
                Form = PartialForm.Zero, Curved = false, Smoothness = Smoothness.Step,
            });
    }

    /// <summary>
    /// The nearest integer, the even one of two equally near (IEEE roundToIntegralTiesToEven). Piecewise constant: its derivative is 0, at the
    /// jumps too.
    /// </summary>
    public readonly struct RoundToEvenRule : IUnaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Round(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.RoundToEven(x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.RoundToEven(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => new(Math.Round(x.Lower), Math.Round(x.Upper));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The nearest integer, the even one of two equally near; its derivative is 0.</summary>
        public static Real Round(Real x) => Unary<RoundToEvenRule>(Op.RoundToEven, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The nearest integer, the even one of two equally near; its derivative is 0.</summary>
        public static Dual<T> Round(Dual<T> x) => new(T.Round(x.Value));
    }
}
