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
/// Not-finite values have a Low of 0, and propagate as doubles do; zeros keep their sign. Low is a double too: it is a multiple of 2⁻¹⁰⁷⁴, so
/// values below 2⁻⁹⁶⁹ have fewer bits, and values below 2⁻¹⁰²² none beyond those of a double. Every operation is right to that granularity.
/// </remarks>
public readonly partial struct DoubleDouble : IEquatable<DoubleDouble>
{
    // Outside of these the error terms of a quotient or root could underflow or its check product overflow, so it is computed of scaled numbers.
    private const double SafelyLarge = 1e-280;
    private const double SafelySmall = 1e300;
    private const int Shift = 600;

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
        if (!double.IsFinite(high.High))
            return high;
        var sum = Renormalized(high.High, high.Low + low.High);
        return Renormalized(sum.High, low.Low + sum.Low);
    }

    /// <summary>a − b.</summary>
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    /// <summary>a · b.</summary>
    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        var product = ExactProduct(a.High, b.High);
        if (!double.IsFinite(product.High))
            return product;
        var cross = Math.FusedMultiplyAdd(a.Low, b.High, Math.FusedMultiplyAdd(a.High, b.Low, a.Low * b.Low));
        return Renormalized(product.High, product.Low + cross);
    }

    /// <summary>a · b for a double b.</summary>
    public static DoubleDouble operator *(DoubleDouble a, double b)
    {
        var product = ExactProduct(a.High, b);
        return double.IsFinite(product.High) ? Renormalized(product.High, Math.FusedMultiplyAdd(a.Low, b, product.Low)) : product;
    }

    /// <summary>a / b.</summary>
    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        var quotient = a.High / b.High;
        if (!double.IsFinite(quotient) || !double.IsFinite(b.High) || a.High == 0)
            return quotient;
        var magnitude = Math.Abs(a.High);
        if (magnitude < SafelyLarge)
            return Scale(Scale(a, Shift) / b, -Shift);
        if (magnitude > SafelySmall)
            return Scale(Scale(a, -Shift) / b, Shift);
        if (quotient == 0)
            return quotient;
        var rest = a - b * quotient;
        var second = rest.High / b.High;
        rest -= b * second;
        return Renormalized(quotient, second) + rest.High / b.High;
    }

    /// <summary>a·b + c; for doubles right to 105 bits however the terms cancel, and finite where only a·b overflows.</summary>
    public static DoubleDouble FusedMultiplyAdd(DoubleDouble a, DoubleDouble b, DoubleDouble c)
    {
        var product = Math.Abs(a.High * b.High);
        if (product is >= SafelyLarge and <= SafelySmall || !(Math.Abs(c.High) is < 1e-100 or > 1e100))
            return a * b + c;
        if (!double.IsFinite(a.High) || !double.IsFinite(b.High) || !double.IsFinite(c.High))
            return a.High * b.High + c.High;
        if (Math.Abs(a.High) > Math.Abs(b.High))
            (a, b) = (b, a);
        return product > 1 ? Scale(a * Scale(b, -Shift) + Scale(c, -Shift), Shift)
            : Math.Abs(c.High) < 1 ? Scale(Scale(a, Shift) * b + Scale(c, Shift), -Shift)
            : a * b + c;
    }

    /// <summary>√a; NaN for a below 0.</summary>
    public static DoubleDouble Sqrt(DoubleDouble a)
    {
        var root = Math.Sqrt(a.High);
        if (root == 0 || !double.IsFinite(root))
            return root;
        if (a.High < SafelyLarge)
            return Scale(Sqrt(Scale(a, Shift)), -Shift / 2);
        if (a.High > SafelySmall)
            return Scale(Sqrt(Scale(a, -Shift)), Shift / 2);
        var rest = a - ExactProduct(root, root);
        var corrected = Renormalized(root, rest.High / (2 * root));
        rest = a - corrected * corrected;
        return corrected + rest.High / (2 * root);
    }

    /// <summary>a · 2^power, exact unless it leaves the normal numbers.</summary>
    public static DoubleDouble Scale(DoubleDouble a, int power)
    {
        var high = Math.ScaleB(a.High, power);
        return double.IsFinite(high) ? Renormalized(high, Math.ScaleB(a.Low, power)) : high;
    }

    /// <summary>|a|.</summary>
    public static DoubleDouble Abs(DoubleDouble a) => double.IsNegative(a.High) ? -a : a;

    /// <summary>The larger one; NaN where one is, and 0 rather than −0.</summary>
    public static DoubleDouble Max(DoubleDouble a, DoubleDouble b) =>
        a.High == b.High ? a.Low < b.Low || double.IsNegative(a.High) && !double.IsNegative(b.High) ? b : a
        : a.High > b.High || double.IsNaN(a.High) ? a : b;

    /// <summary>The smaller one; NaN where one is, and −0 rather than 0.</summary>
    public static DoubleDouble Min(DoubleDouble a, DoubleDouble b) => -Max(-a, -b);

    /// <summary>Whether a is below b; false where one is NaN.</summary>
    public static bool operator <(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low < b.Low);

    /// <summary>Whether a is above b; false where one is NaN.</summary>
    public static bool operator >(DoubleDouble a, DoubleDouble b) => b < a;

    /// <summary>Whether a is not above b; false where one is NaN.</summary>
    public static bool operator <=(DoubleDouble a, DoubleDouble b) => a.High < b.High || (a.High == b.High && a.Low <= b.Low);

    /// <summary>Whether a is not below b; false where one is NaN.</summary>
    public static bool operator >=(DoubleDouble a, DoubleDouble b) => b <= a;

    /// <summary>Whether a is b; false where one is NaN.</summary>
    public static bool operator ==(DoubleDouble a, DoubleDouble b) => a.High == b.High && a.Low == b.Low;

    /// <summary>Whether a differs from b; true where one is NaN.</summary>
    public static bool operator !=(DoubleDouble a, DoubleDouble b) => !(a == b);

    /// <summary>Whether both parts are the same doubles, NaN being the same as NaN.</summary>
    public bool Equals(DoubleDouble other) => High.Equals(other.High) && Low.Equals(other.Low);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DoubleDouble other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(High, Low);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:R} + {Low:R}");

    /// <summary>high + low with |high| ≥ |low|, so that Low is at most half an ulp of High again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DoubleDouble Renormalized(double high, double low)
    {
        // Adding a zero would turn −0 into 0.
        if (low == 0)
            return new(high, 0);
        var sum = high + low;
        return new(sum, double.IsFinite(sum) ? low - (sum - high) : 0);
    }
}
