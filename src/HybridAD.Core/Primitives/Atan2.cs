using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The angle of the point (b, a).</summary>
        public const byte Atan2 = 40;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The angle of the point (b, a).</summary>
        public static readonly BinaryPrimitive<Atan2Rule> Atan2 = Primitive.Register(new BinaryPrimitive<Atan2Rule>(Op.Atan2, "atan2")
        {
            SourceFunction = "atan2",
            UlpBound = 1,
            ValueCost = CostClass.Trigonometric, PartialCost = CostClass.Division,
        });
    }

    /// <summary>
    /// The angle of the point (b, a), in (−π, π], with the quadrants and signed zeros of <see cref="Math.Atan2"/>.
    /// Partials b/(a² + b²) and −a/(a² + b²), scaled so that the squares cannot overflow. At the origin they are NaN.
    /// </summary>
    public readonly struct Atan2Rule : IBinaryRule
    {
        /// <inheritdoc/>
        public static double Value(double a, double b) => Math.Atan2(a, b);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble a, DoubleDouble b) => DoubleDouble.Atan2(a, b);

        /// <inheritdoc/>
        public static Reads PartialAReads => Reads.A | Reads.B;

        /// <inheritdoc/>
        public static double PartialA(double a, double b, double y)
        {
            if (Math.Abs(b) >= Math.Abs(a))
                return 1 / (b + a * (a / b));
            var ratio = b / a;
            return ratio / (a + b * ratio);
        }

        /// <inheritdoc/>
        public static Reads PartialBReads => Reads.A | Reads.B;

        /// <inheritdoc/>
        public static double PartialB(double a, double b, double y)
        {
            if (Math.Abs(a) > Math.Abs(b))
                return -1 / (a + b * (b / a));
            var ratio = a / b;
            return -ratio / (b + a * ratio);
        }

        /// <inheritdoc/>
        public static double SecondAA(double a, double b, double y) => 2 * PartialA(a, b, y) * PartialB(a, b, y);

        /// <inheritdoc/>
        public static double SecondAB(double a, double b, double y)
        {
            var (pa, pb) = (PartialA(a, b, y), PartialB(a, b, y));
            return (pb - pa) * (pb + pa);
        }

        /// <inheritdoc/>
        public static double SecondBB(double a, double b, double y) => -2 * PartialA(a, b, y) * PartialB(a, b, y);

        /// <inheritdoc/>
        public static int? WritePartialA(TraceBuilder to, int a, int b, int y) => OverSquaredRadius(to, b, a, b);

        /// <inheritdoc/>
        public static int? WritePartialB(TraceBuilder to, int a, int b, int y) => OverSquaredRadius(to, to.Unary(Op.Neg, a), a, b);

        /// <summary>x/(a² + b²), without the square.</summary>
        private static int OverSquaredRadius(TraceBuilder to, int x, int a, int b)
        {
            var radius = to.Binary(Op.Hypot, a, b);
            return to.Binary(Op.Div, to.Binary(Op.Div, x, radius), radius);
        }

        /// <inheritdoc/>
        public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneMath.Atan2(a, b);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T PartialA<T>(T a, T b, T y) where T : struct, ILanes<T>
        {
            var steep = ~T.LessOrEqual(T.Abs(a), T.Abs(b));
            var (larger, smaller) = (T.Select(steep, a, b), T.Select(steep, b, a));
            var ratio = smaller / larger;
            return T.Select(steep, ratio, T.Broadcast(1)) / T.MultiplyAdd(smaller, ratio, larger);
        }

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static T PartialB<T>(T a, T b, T y) where T : struct, ILanes<T>
        {
            var steep = T.Less(T.Abs(b), T.Abs(a));
            var (larger, smaller) = (T.Select(steep, a, b), T.Select(steep, b, a));
            var ratio = smaller / larger;
            return -T.Select(steep, T.Broadcast(1), ratio) / T.MultiplyAdd(smaller, ratio, larger);
        }

        /// <inheritdoc/>
        public static Interval Enclosure(Interval a, Interval b) => Interval.Atan2(a, b);

        /// <inheritdoc/>
        public static Interval PartialAEnclosure(Interval a, Interval b, Interval y) => Interval.MeetsCut(a, b) ? Interval.Entire : Slope(b, a);

        /// <inheritdoc/>
        public static Interval PartialBEnclosure(Interval a, Interval b, Interval y) => Interval.MeetsCut(a, b) ? Interval.Entire : -Slope(a, b);

        /// <inheritdoc/>
        public static Interval SecondAAEnclosure(Interval a, Interval b, Interval y) =>
            Interval.MeetsCut(a, b) ? Interval.Entire : -2 * Slope(b, a) * Slope(a, b);

        /// <inheritdoc/>
        public static Interval SecondABEnclosure(Interval a, Interval b, Interval y)
        {
            if (Interval.MeetsCut(a, b))
                return Interval.Entire;
            var (pa, pb) = (Slope(b, a), Slope(a, b));
            return (pb - pa) * (pb + pa);
        }

        /// <inheritdoc/>
        public static Interval SecondBBEnclosure(Interval a, Interval b, Interval y) =>
            Interval.MeetsCut(a, b) ? Interval.Entire : 2 * Slope(b, a) * Slope(a, b);

        /// <summary>a/(a² + b²).</summary>
        private static Interval Slope(Interval a, Interval b)
        {
            // Both forms hold a twice or b twice; without a 0 in a, the second does not overflow.
            var first = a / (Interval.Square(a) + Interval.Square(b));
            return a.Contains(0) ? first : Interval.Tighter(first, 1 / (a + b * (b / a)));
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The angle of the point (x, y); its derivatives are NaN at the origin.</summary>
        public static Real Atan2(Real y, Real x) => Binary<Atan2Rule>(Op.Atan2, y, x);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The angle of the point (x, y); its derivatives are NaN at the origin.</summary>
        public static Dual<T> Atan2(Dual<T> y, Dual<T> x)
        {
            var (a, b) = (y.Value, x.Value);
            T partialY, partialX;
            if (T.Abs(b) >= T.Abs(a))
            {
                var ratio = a / b;
                partialY = T.One / (b + a * ratio);
                partialX = -ratio * partialY;
            }
            else
            {
                var ratio = b / a;
                partialX = -T.One / (a + b * ratio);
                partialY = -ratio * partialX;
            }
            return new(T.Atan2(a, b), Chain(partialY, y.Tangent) + Chain(partialX, x.Tangent));
        }
    }
}
