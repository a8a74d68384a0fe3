using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>|x|.</summary>
        public const byte Abs = 8;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>|x|.</summary>
        public static readonly UnaryPrimitive<AbsRule> Abs = Primitive.Register(new UnaryPrimitive<AbsRule>(Op.Abs, "abs")
        {
            StaysFinite = true, SourceFunction = "fabs",
            UlpBound = 0,
            Curved = false, Smoothness = Smoothness.Kinked,
        });
    }

    /// <summary>|x|. Convention at the kink: the derivative at 0 (and at −0) is +1.</summary>
    public readonly struct AbsRule : IUnaryRule
    {
        /// <inheritdoc/>
        public static double Value(double x) => Math.Abs(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x) => DoubleDouble.Abs(x);

        /// <inheritdoc/>
        public static Reads PartialReads => Reads.A;

        /// <inheritdoc/>
        public static double Partial(double x, double y) => x < 0 ? -1.0 : 1.0;

        /// <inheritdoc/>
        public static double Second(double x, double y) => 0;

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, int y) => to.Sign(x);

        /// <inheritdoc/>
        public static T Value<T>(T x) where T : struct, ILanes<T> => T.Abs(x);

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Partial<T>(T x, T y) where T : struct, ILanes<T> => T.Select(T.Less(x, T.Broadcast(0)), T.Broadcast(-1), T.Broadcast(1));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x) => Interval.Abs(x);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, Interval y) =>
            x.IsUndefined ? Interval.Undefined : x.Lower >= 0 ? 1 : x.Upper < 0 ? -1 : new Interval(-1, 1);

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, Interval y) => 0;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>|x|; the derivative at 0 is +1.</summary>
        public static Real Abs(Real value) => Unary<AbsRule>(Op.Abs, value);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>|x|; the derivative at 0 is +1.</summary>
        public static Dual<T> Abs(Dual<T> value) => new(T.Abs(value.Value), value.Value < T.Zero ? -value.Tangent : value.Tangent);
    }
}
