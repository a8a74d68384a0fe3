using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>tan x.</summary>
        public const byte Tan = 28;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>tan x.</summary>
        public static readonly UnaryPrimitive<TanRule> Tan = Primitive.Register(new UnaryPrimitive<TanRule>(Op.Tan, "tan")
        {
            StaysFinite = true, SourceFunction = "tan",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric,
        });
    }

    /// <summary>tan x: partial 1 + y². NaN at ±∞.</summary>
    public readonly struct TanRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Tan(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Tan(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.Value;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => 1 + y * y;

        /// <inheritdoc/>
        public static double Second(double x, double y) => 2 * y * (1 + y * y);

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Binary(Op.Add, to.Constant(1), to.Binary(Op.Mul, y, y));

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => LaneMath.Tan(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.MultiplyAdd(y, y, T.Broadcast(1));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Tan(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) => 1 + Interval.Square(y);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => 2 * y * (1 + Interval.Square(y));
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>tan x.</summary>
        public static Real Tan(Real x) => Unary<TanRule>(Op.Tan, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>tan x.</summary>
        public static Dual<T> Tan(Dual<T> x)
        {
            var y = T.Tan(x.Value);
            return new(y, Chain(T.One + y * y, x.Tangent));
        }
    }
}
