using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The smallest integer not below x.</summary>
        public const byte Ceiling = 61;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The smallest integer not below x.</summary>
        public static readonly UnaryPrimitive<CeilingRule> Ceiling = Primitive.Register(new UnaryPrimitive<CeilingRule>(Op.Ceiling, "ceil")
        {
            StaysFinite = true, SourceFunction = "ceil",
            UlpBound = 0,
            Form = PartialForm.Zero, Curved = false, Smoothness = Smoothness.Step,
        });
    }

    /// <summary>The smallest integer not below x. Piecewise constant: its derivative is 0, at the jumps too.</summary>
    public readonly struct CeilingRule : IUnaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Ceiling(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Ceiling(x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.Ceiling(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => new(Math.Ceiling(x.Lower), Math.Ceiling(x.Upper));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The smallest integer not below x; its derivative is 0.</summary>
        public static Real Ceiling(Real x) => Unary<CeilingRule>(Op.Ceiling, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The smallest integer not below x; its derivative is 0.</summary>
        public static Dual<T> Ceiling(Dual<T> x) => new(T.Ceiling(x.Value));
    }
}
