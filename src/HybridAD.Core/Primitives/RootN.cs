using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The real n-th root of x.</summary>
        public const byte RootN = 96;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The real n-th root of x.</summary>
        public static readonly ParametricPrimitive<RootNRule> RootN = Primitive.Register(new ParametricPrimitive<RootNRule>(Op.RootN, "rootn")
        {
            UlpBound = 1.5,
            Curved = true, ValueCost = CostClass.Power, PartialCost = CostClass.Division,
        });
    }

    /// <summary>
    /// x^(1/n) for a literal integer n ≠ 0, of negative x too where n is odd; NaN where there is no real root.
    /// Partial y/(n·x); at 0 it is +∞ for n &gt; 1 and −∞ for n &lt; 0.
    /// </summary>
    public readonly struct RootNRule : IParametricRule
    {
        /// <inheritdoc/>
        public static string? Complaint(ReadOnlySpan<double> parameters) =>
            parameters.Length == 1 && parameters[0] == (int)parameters[0] && parameters[0] != 0 ? null : "takes one parameter, an integer of 32 bits that is not 0";

        /// <inheritdoc/>
        public static double Value(double x, ReadOnlySpan<double> parameters) => Accurate.RootN(x, (int)parameters[0]);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x, ReadOnlySpan<double> parameters) => DoubleDouble.RootN(x, (int)parameters[0]);

        /// <summary>What <see cref="Accurate.RootN"/> was measured to keep, rounded up: it depends on n.</summary>
        public static double? RoundingBound(double x, ReadOnlySpan<double> parameters, double y) =>
            RoundingError.Bound(y, parameters[0] switch { 1 => 0, -1 or 2 => 0.5, >= -1000 and <= 1000 => 0.75, _ => 1.5 });

        /// <inheritdoc/>
        public static double Partial(double x, ReadOnlySpan<double> parameters, double y)
        {
            var n = parameters[0];
            return n == 1 ? 1 : x != 0 ? y / x / n : n > 0 ? double.PositiveInfinity : double.NegativeInfinity;
        }

        /// <inheritdoc/>
        public static double Second(double x, ReadOnlySpan<double> parameters, double y)
        {
            var n = parameters[0];
            return n == 1 ? 0 : Partial(x, parameters, y) * ((1 - n) / n) / x;
        }

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, ReadOnlySpan<double> parameters, int y) =>
            parameters[0] == 1 ? to.Constant(1) : to.Binary(Op.Div, to.Binary(Op.Div, y, x), to.Constant(parameters[0]));

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x, ReadOnlySpan<double> parameters) => Interval.RootN(x, (int)parameters[0]);

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y)
        {
            var n = parameters[0];
            if (n == 1)
                return 1;
            // y/x falls to 0 with |x| as |x|^(1/n − 1), without end at 0.
            return n > 0 && x.Contains(0) ? Interval.ReciprocalOfPositive(n * Interval.Pow(Interval.Abs(y), (int)n - 1)) : y / x / n;
        }

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y) =>
            parameters[0] == 1 ? 0 : PartialEnclosure(x, parameters, y) * ((1 - (Interval)parameters[0]) / parameters[0]) / x;
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The real n-th root x^(1/n), of negative x too where n is odd. Its derivative at 0 is infinite.</summary>
        public static Real RootN(Real x, int n) => Parametric<RootNRule>(Op.RootN, x, [n]);
    }

    public readonly partial struct Dual<T>
    {
        /// <summary>The real n-th root x^(1/n), of negative x too where n is odd. Its derivative at 0 is infinite.</summary>
        public static Dual<T> RootN(Dual<T> x, int n)
        {
            var y = Accurately.RootN(x.Value, n);
            if (n == 1)
                return x;
            var partial = x.Value != T.Zero ? y / x.Value / Literal(n) : n > 0 ? T.PositiveInfinity : T.NegativeInfinity;
            return new(y, Chain(partial, x.Tangent));
        }
    }
}
