using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x without its fraction.</summary>
        public const byte Truncate = 62;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x without its fraction.</summary>
        public static readonly UnaryPrimitive<TruncateRule> Truncate = Primitive.Register(new UnaryPrimitive<TruncateRule>(Op.Truncate, "truncate")
        {
            StaysFinite = true, SourceFunction = "trunc",
            UlpBound = 0,
            Form = PartialForm.Zero, Curved = false, Smoothness = Smoothness.Step,
        });
    }

    /// <summary>x without its fraction, that is rounded toward zero. Piecewise constant: its derivative is 0, at the jumps too.</summary>
    public readonly struct TruncateRule : IUnaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Truncate(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Truncate(x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.Truncate(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => new(Math.Truncate(x.Lower), Math.Truncate(x.Upper));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>x without its fraction; its derivative is 0.</summary>
        public static Real Truncate(Real x) => Unary<TruncateRule>(Op.Truncate, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>x without its fraction; its derivative is 0.</summary>
        public static Dual<T> Truncate(Dual<T> x) => new(T.Truncate(x.Value));
    }
}
