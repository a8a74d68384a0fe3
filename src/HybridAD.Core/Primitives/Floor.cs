using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The largest integer not above x.</summary>
        public const byte Floor = 60;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The largest integer not above x.</summary>
        public static readonly UnaryPrimitive<FloorRule> Floor = Primitive.Register(new UnaryPrimitive<FloorRule>(Op.Floor, "floor")
        {
            StaysFinite = true, SourceFunction = "floor",
            UlpBound = 0,
            Form = PartialForm.Zero, Curved = false, Smoothness = Smoothness.Step,
        });
    }

    /// <summary>The largest integer not above x. Piecewise constant: its derivative is 0, at the jumps too.</summary>
    public readonly struct FloorRule : IUnaryStepRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Floor(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Floor(x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.Floor(x);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => new(Math.Floor(x.Lower), Math.Floor(x.Upper));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The largest integer not above x; its derivative is 0.</summary>
        public static Real Floor(Real x) => Unary<FloorRule>(Op.Floor, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The largest integer not above x; its derivative is 0.</summary>
        public static Dual<T> Floor(Dual<T> x) => new(T.Floor(x.Value));
    }
}
