using System.Globalization;
using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>
/// An unevaluated sum of two doubles, <see cref="High"/> + <see cref="Low"/>, with |Low| ≤ half an ulp of High: about 106 bits, with the exponent
/// range of a double. Rounding analysis measures the error of a double operation by it.
/// </summary>
/// <remarks>
/// Relative errors of the operations, barring overflow and underflow of the error terms: sum 3u², product 4u², quotient 10u², root 4u² with
/// u = 2⁻⁵³ (Joldes, Muller and Popescu, Tight and rigorous error bounds for basic building blocks of double-word arithmetic, 2017).
/// Not-finite values have a Low of 0, and propagate as doubles do.
/// </remarks>
public readonly partial struct DoubleDouble
{
    /// <summary>The sum of two numbers with |low| ≤ half an ulp of high, taken as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DoubleDouble(double high, double low)
    {
        High = high;
        Low = low;
    }

    /// <summary>The value rounded to a double.</summary>
    public double High { get; }

    /// <summary>What the rounding left.</summary>
    public double Low { get; }

    /// <summary>Exact.</summary>
    public static implicit operator DoubleDouble(double value) => new(value, 0);

    /// <summary>Rounded to nearest.</summary>
    public static explicit operator double(DoubleDouble value) => value.High;

    /// <summary>a + b, exactly, as a rounded sum and its error (Knuth's TwoSum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble ExactSum(double a, double b)
    {
        var sum = a + b;
        var shadow = sum - a;
        var error = (a - (sum - shadow)) + (b - shadow);
        return new(sum, double.IsFinite(sum) ? error : 0);
    }

    /// <summary>a · b as a rounded product and its error, exact unless the error underflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleDouble ExactProduct(double a, double b)
    {
        var product = a * b;
        return new(product, double.IsFinite(product) ? Math.FusedMultiplyAdd(a, b, -product) : 0);
    }

    /// <summary>−a, exact.</summary>
    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);

    /// <summary>a + b.</summary>
    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        var high = ExactSum(a.High, b.High);
        var low = ExactSum(a.Low, b.Low);
        var sum = Renormalized(high.High, high.Low + low.High);
        return Renormalized(sum.High, low.Low + sum.Low);
    }

    /// <summary>a − b.</summary>
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    /// <summary>a · b.</summary>
    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var product = ExactProduct(a.High, b.High);
        var cross = Math.FusedMultiplyAdd(a.Low, b.High, Math.FusedMultiplyAdd(a.High, b.Low, a.Low * b.Low));
        return Renormalized(product.High, product.Low + cross);
    }

    /// <summary>a / b.</summary>
    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var quotient = a.High / b.High;
        if (!double.IsFinite(quotient) || double.IsInfinity(b.High))
            return quotient;
        var rest = a - b * quotient;
        var second = rest.High / b.High;
        rest -= b * second;
        return Renormalized(quotient, second) + rest.High / b.High;
    }

    /// <summary>√a; NaN for a below 0.</summary>
    public static DoubleDouble Sqrt(DoubleDouble a)
    {
        var root = Math.Sqrt(a.High);
        if (root == 0 || !double.IsFinite(root))
            return root;
        var rest = a - ExactProduct(root, root);
        var corrected = Renormalized(root, rest.High / (2 * root));
        rest = a - corrected * corrected;
        return corrected + rest.High / (2 * root);
    }

    /// <summary>|a|.</summary>
    public static DoubleDouble Abs(DoubleDouble a) => a.High < 0 || (a.High == 0 && a.Low < 0) ? -a : a;

    /// <summary>Whether a is below b.</summary>
    public static bool operator <(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low < b.Low);

    /// <summary>Whether a is above b.</summary>
    public static bool operator >(DoubleDouble a, DoubleDouble b) => b < a;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:R} + {Low:R}");

    /// <summary>high + low with |high| ≥ |low|, so that Low is at most half an ulp of High again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Renormalized(double high, double low)
    {
        var sum = high + low;
        return new(sum, double.IsFinite(sum) ? low - (sum - high) : 0);
    }
}
