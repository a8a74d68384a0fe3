using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>A continuous piecewise linear function that is 0 at 0.</summary>
        public const byte PiecewiseLinear = 95;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>A continuous piecewise linear function that is 0 at 0.</summary>
        public static readonly ParametricPrimitive<PiecewiseLinearRule> PiecewiseLinear =
            Primitive.Register(new ParametricPrimitive<PiecewiseLinearRule>(Op.PiecewiseLinear, "pwl")
            {
                UlpBound = double.PositiveInfinity,
                Smoothness = Smoothness.Kinked, PartialCost = CostClass.Arithmetic,
            });
    }

    /// <summary>
    /// A continuous piecewise linear function with value 0 at 0. Parameters: slope, breakpoint, slope, …, slope with ascending breakpoints.
    /// Convention at a breakpoint: the slope of the piece nearer to 0; at a breakpoint 0 that of the right piece, as for abs.
    /// </summary>
    public readonly struct PiecewiseLinearRule : IParametricRule
    {
        /// <inheritdoc/>
        public static double Value(double x, ReadOnlySpan<double> parameters)
        {
            var piece = PieceOf(0, parameters);
            var (y, reached) = (0.0, 0.0);
            for (; x > 0 && 2 * piece + 1 < parameters.Length && parameters[2 * piece + 1] < x; piece++)
            {
                y += parameters[2 * piece] * (parameters[2 * piece + 1] - reached);
                reached = parameters[2 * piece + 1];
            }
            for (; x < 0 && piece > 0 && parameters[2 * piece - 1] > x; piece--)
            {
                y += parameters[2 * piece] * (parameters[2 * piece - 1] - reached);
                reached = parameters[2 * piece - 1];
            }
            return y + parameters[2 * piece] * (x - reached);
        }

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x, ReadOnlySpan<double> parameters)
        {
            var piece = PieceOf(0, parameters);
            var (y, reached) = ((DoubleDouble)0, 0.0);
            for (; x > 0 && 2 * piece + 1 < parameters.Length && parameters[2 * piece + 1] < x; piece++)
            {
                y += DoubleDouble.ExactSum(parameters[2 * piece + 1], -reached) * parameters[2 * piece];
                reached = parameters[2 * piece + 1];
            }
            for (; x < 0 && piece > 0 && parameters[2 * piece - 1] > x; piece--)
            {
                y += DoubleDouble.ExactSum(parameters[2 * piece - 1], -reached) * parameters[2 * piece];
                reached = parameters[2 * piece - 1];
            }
            return y + (x - reached) * parameters[2 * piece];
        }

        /// <summary>The roundings on the way from 0 to x added up: of each step its length, its product with the slope, and the sum.</summary>
        public static double? RoundingBound(double x, ReadOnlySpan<double> parameters, double y)
        {
            var piece = PieceOf(0, parameters);
            var (reached, sum, bound, steps) = (0.0, 0.0, 0.0, 1);
            for (; x > 0 && 2 * piece + 1 < parameters.Length && parameters[2 * piece + 1] < x; piece++)
                Step(parameters[2 * piece + 1], parameters[2 * piece]);
            for (; x < 0 && piece > 0 && parameters[2 * piece - 1] > x; piece--)
                Step(parameters[2 * piece - 1], parameters[2 * piece]);
            Step(x, parameters[2 * piece]);
            return bound * (1 + 8 * steps * RoundingError.Epsilon);

            void Step(double end, double slope)
            {
                var length = end - reached;
                var product = slope * length;
                sum += product;
                bound += Math.Abs(slope) * RoundingError.Bound(length, 0.5) + RoundingError.Bound(product, 0.5) + RoundingError.Bound(sum, 0.5);
                reached = end;
                steps++;
            }
        }

        /// <inheritdoc/>
        public static double Partial(double x, ReadOnlySpan<double> parameters, double y) => parameters[2 * PieceOf(x, parameters)];

        /// <inheritdoc/>
        public static double Second(double x, ReadOnlySpan<double> parameters, double y) => 0;

        /// <inheritdoc/>
        public static string? Complaint(ReadOnlySpan<double> parameters)
        {
            if (parameters.Length % 2 == 0)
                return $"has {parameters.Length} parameters; they are slope, breakpoint, slope, …, slope: an odd number";
            if (parameters.Length > 1 && double.IsNaN(parameters[1]))
                return "has a breakpoint that is NaN";
            for (var k = 3; k < parameters.Length; k += 2)
                if (!(parameters[k] > parameters[k - 2]))
                    return $"has breakpoint {k / 2 + 1} not above the one before";
            return null;
        }

        /// <summary>Throws where the parameters do not describe a function.</summary>
        public static void Check(ReadOnlySpan<double> parameters)
        {
            if (parameters.Length % 2 == 0)
                Errors.Throw.OutOfRange(nameof(parameters), $"a list of {parameters.Length}", "an odd number: slope, breakpoint, slope, …, slope");
            if (parameters.Length > 1 && double.IsNaN(parameters[1]))
                Errors.Throw.OutOfRange(nameof(parameters), parameters[1], "numbers as breakpoints");
            for (var k = 3; k < parameters.Length; k += 2)
                if (!(parameters[k] > parameters[k - 2]))
                    Errors.Throw.OutOfRange(nameof(parameters), parameters[k], $"breakpoints above the one before, {parameters[k - 2]}");
        }

        /// <summary>The line of every piece: it has a value at the end that is nearer to 0, which is reached first, and a slope; the numbers that <see cref="Value"/> computes with.</summary>
        internal static (double Value, double Reached, double Slope)[] PiecesOf(ReadOnlySpan<double> parameters)
        {
            var pieces = new (double Value, double Reached, double Slope)[(parameters.Length + 1) / 2];
            var first = PieceOf(0, parameters);
            var (y, reached) = (0.0, 0.0);
            for (var piece = first; piece < pieces.Length; piece++)
            {
                pieces[piece] = (y, reached, parameters[2 * piece]);
                if (piece + 1 == pieces.Length)
                    break;
                y += parameters[2 * piece] * (parameters[2 * piece + 1] - reached);
                reached = parameters[2 * piece + 1];
            }
            (y, reached) = (0, 0);
            for (var piece = first; piece > 0; piece--)
            {
                y += parameters[2 * piece] * (parameters[2 * piece - 1] - reached);
                reached = parameters[2 * piece - 1];
                pieces[piece - 1] = (y, reached, parameters[2 * piece - 2]);
            }
            return pieces;
        }

        /// <summary>The piece whose slope holds at x: number of breakpoints below x, and at x itself where x is not positive.</summary>
        private static int PieceOf(double x, ReadOnlySpan<double> parameters)
        {
            var piece = 0;
            while (2 * piece + 1 < parameters.Length && (parameters[2 * piece + 1] < x || (x <= 0 && parameters[2 * piece + 1] == x)))
                piece++;
            return piece;
        }

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x, ReadOnlySpan<double> parameters)
        {
            if (x.IsUndefined)
                return Interval.Undefined;
            var y = Interval.Hull(PointEnclosure(x.Lower, parameters), PointEnclosure(x.Upper, parameters));
            for (var k = 1; k < parameters.Length; k += 2)
                if (x.Lower < parameters[k] && parameters[k] < x.Upper)
                    y = Interval.Hull(y, PointEnclosure(parameters[k], parameters));
            return y;
        }

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y)
        {
            if (x.IsUndefined)
                return Interval.Undefined;
            Interval? slopes = null;
            for (var k = 0; k < parameters.Length; k += 2)
            {
                // The pieces that x touches.
                if ((k == 0 || parameters[k - 1] <= x.Upper) && (k + 1 == parameters.Length || parameters[k + 1] >= x.Lower))
                    slopes = slopes is { } others ? Interval.Hull(others, parameters[k]) : parameters[k];
            }

            return slopes!.Value;
        }

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y) => 0;

        /// <summary><see cref="Value"/> of a single number, in interval arithmetic.</summary>
        private static Interval PointEnclosure(double x, ReadOnlySpan<double> parameters)
        {
            var piece = PieceOf(0, parameters);
            var (y, reached) = (Interval.Zero, Interval.Zero);
            for (; x > 0 && 2 * piece + 1 < parameters.Length && parameters[2 * piece + 1] < x; piece++)
            {
                y += parameters[2 * piece] * (parameters[2 * piece + 1] - reached);
                reached = parameters[2 * piece + 1];
            }

            for (; x < 0 && piece > 0 && parameters[2 * piece - 1] > x; piece--)
            {
                y += parameters[2 * piece] * (parameters[2 * piece - 1] - reached);
                reached = parameters[2 * piece - 1];
            }

            return y + parameters[2 * piece] * (x - reached);
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>
        /// The continuous piecewise linear function with value 0 at 0, given by its slopes and the breakpoints between them; at a breakpoint
        /// the derivative is the slope of the piece nearer to 0.
        /// </summary>
        /// <param name="x">The argument.</param>
        /// <param name="slopesAndBreakpoints">slope, breakpoint, slope, …, slope; breakpoints ascending.</param>
        /// <exception cref="HybridAdArgumentException">HAD1004: an even number of parameters, or breakpoints that do not ascend.</exception>
        public static Real PiecewiseLinear(Real x, params ReadOnlySpan<double> slopesAndBreakpoints)
        {
            PiecewiseLinearRule.Check(slopesAndBreakpoints);
            return Parametric<PiecewiseLinearRule>(Op.PiecewiseLinear, x, slopesAndBreakpoints);
        }
    }
}
