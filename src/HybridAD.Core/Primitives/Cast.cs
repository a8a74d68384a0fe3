using HybridAD.Forward;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>x rounded to a narrower binary format.</summary>
        public const byte Cast = 97;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>x rounded to a narrower binary format.</summary>
        public static readonly ParametricPrimitive<CastRule> Cast = Primitive.Register(new ParametricPrimitive<CastRule>(Op.Cast, "cast")
        {
            StaysFinite = true,
            UlpBound = double.PositiveInfinity,
        });
    }

    /// <summary>
    /// x rounded to a narrower binary format, to nearest, ties to even, ±∞ beyond its range. Parameters: bits of the significand, largest exponent
    /// (24, 127 for binary32). As a derivative it is the identity: partial 1, since rounding stands for the real number it rounds.
    /// </summary>
    public readonly struct CastRule : IParametricRule
    {
        /// <inheritdoc/>
        public static double Value(double x, ReadOnlySpan<double> parameters) => FormatOf(parameters).Round(x);

        /// <inheritdoc/>
        public static DoubleDouble Refined(DoubleDouble x, ReadOnlySpan<double> parameters) => x;

        /// <summary>y − x, which no rounding touches.</summary>
        public static double? LocalError(double x, ReadOnlySpan<double> parameters, double y) => RoundingError.Of(y, x);

        /// <summary>Half an ulp of the format.</summary>
        public static double? RoundingBound(double x, ReadOnlySpan<double> parameters, double y)
        {
            var format = FormatOf(parameters);
            return !double.IsFinite(y) ? double.PositiveInfinity : format.Precision == 53 ? 0 : format.Ulp(y) / 2;
        }

        /// <inheritdoc/>
        public static double Partial(double x, ReadOnlySpan<double> parameters, double y) => 1;

        /// <inheritdoc/>
        public static double Second(double x, ReadOnlySpan<double> parameters, double y) => 0;

        /// <inheritdoc/>
        public static string? Complaint(ReadOnlySpan<double> parameters) =>
            parameters is not [var precision, var exponent] ? $"has {parameters.Length} parameters; they are bits of the significand and largest exponent"
            : NumberFormat.All.Any(format => format.Precision == precision && format.MaxExponent == exponent) ? null
            : $"has no format of {precision} bits with largest exponent {exponent}; there are {string.Join(", ", NumberFormat.All.Select(format => $"{format.Name} ({format.Precision}, {format.MaxExponent})"))}";

        /// <inheritdoc/>
        public static int? WritePartial(TraceBuilder to, int x, ReadOnlySpan<double> parameters, int y) => to.Constant(1);

        /// <inheritdoc/>
        public static Interval Enclosure(Interval x, ReadOnlySpan<double> parameters) => x;

        /// <inheritdoc/>
        public static Interval PartialEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y) => 1;

        /// <inheritdoc/>
        public static Interval SecondEnclosure(Interval x, ReadOnlySpan<double> parameters, Interval y) => 0;

        /// <summary>The format that parameters stand for.</summary>
        public static NumberFormat FormatOf(ReadOnlySpan<double> parameters)
        {
            // By index, since the enumerator of a list behind its interface is an allocation per evaluation.
            var formats = NumberFormat.All;
            for (var k = 0; k < formats.Count; k++)
                if (formats[k].Precision == parameters[0] && formats[k].MaxExponent == parameters[1])
                    return formats[k];
            throw new ArgumentException(Complaint(parameters), nameof(parameters));
        }
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>x rounded to a narrower format, as an assignment to a variable of that format does; its derivative is 1.</summary>
        public static Real Cast(Real x, NumberFormat format)
        {
            ArgumentNullException.ThrowIfNull(format);
            return x._tape is null ? new Real(format.Round(x.Value)) : Parametric<CastRule>(Op.Cast, x, [format.Precision, format.MaxExponent]);
        }
    }
    public readonly partial struct Dual<T>
    {
        /// <summary>x rounded to a narrower format; its tangent is that of x.</summary>
        public static Dual<T> Cast(Dual<T> x, NumberFormat format)
        {
            ArgumentNullException.ThrowIfNull(format);
            return new(Accurately.Cast(x.Value, format), x.Tangent);
        }
    }
}
