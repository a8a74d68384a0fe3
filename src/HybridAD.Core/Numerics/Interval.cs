using System.Globalization;
using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>
/// A closed interval [<see cref="Lower"/>, <see cref="Upper"/>] of extended real numbers. Operations round outward: the result contains every value of the
/// real operation over the operands (Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009). Two special values:
/// <see cref="Entire"/>, where nothing is known, and <see cref="Undefined"/>, where the real operation is not defined on a part of the operands
/// (√ of a negative number, a quotient by an interval that contains 0). Undefined propagates.
/// </summary>
public readonly partial struct Interval : IEquatable<Interval>
{
    /// <summary>[lower, upper]; lower must not be above upper. A NaN makes it <see cref="Undefined"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Interval(double lower, double upper)
    {
        Lower = lower;
        Upper = upper;
    }

    /// <summary>The lower end.</summary>
    public double Lower { get; }

    /// <summary>The upper end.</summary>
    public double Upper { get; }

    /// <summary>[−∞, ∞].</summary>
    public static Interval Entire => new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The operation is not defined on a part of its operands.</summary>
    public static Interval Undefined => new(double.NaN, double.NaN);

    /// <summary>[0, 0].</summary>
    public static Interval Zero => default;

    /// <summary>Whether this is <see cref="Undefined"/>.</summary>
    public bool IsUndefined => double.IsNaN(Lower) || double.IsNaN(Upper);

    /// <summary>Whether both ends are finite numbers.</summary>
    public bool IsFinite => double.IsFinite(Lower) && double.IsFinite(Upper);

    /// <summary>The largest absolute value; NaN where undefined.</summary>
    public double Magnitude => Math.Max(Math.Abs(Lower), Math.Abs(Upper));

    /// <summary>The smallest absolute value; NaN where undefined.</summary>
    public double Mignitude => IsUndefined ? double.NaN : Contains(0) ? 0 : Math.Min(Math.Abs(Lower), Math.Abs(Upper));

    /// <summary>A number near the middle, finite for every interval that is defined.</summary>
    public double Midpoint => Lower == Upper ? Lower : Clamped(0.5 * Math.Max(Lower, -double.MaxValue) + 0.5 * Math.Min(Upper, double.MaxValue));

    /// <summary>Upper − Lower, rounded up.</summary>
    public double Width => UpperOf(DoubleDouble.ExactSum(Upper, -Lower));

    /// <summary>The interval of a single number.</summary>
    public static implicit operator Interval(double value) => new(value, value);

    /// <summary>Whether a number is inside.</summary>
    public bool Contains(double value) => Lower <= value && value <= Upper;

    /// <summary>The smallest interval around both.</summary>
    public static Interval Hull(Interval a, Interval b) =>
        a.IsUndefined || b.IsUndefined ? Undefined : new(Math.Min(a.Lower, b.Lower), Math.Max(a.Upper, b.Upper));

    /// <summary>−a.</summary>
    public static Interval operator -(Interval a) => new(-a.Upper, -a.Lower);

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval operator +(Interval a, Interval b) =>
        new(LowerOf(DoubleDouble.ExactSum(a.Lower, b.Lower)), UpperOf(DoubleDouble.ExactSum(a.Upper, b.Upper)));

    /// <summary>a − b, as if they were independent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval operator -(Interval a, Interval b) => a + -b;

    /// <summary>a · b, as if they were independent; 0 · ∞ counts as 0, since an infinite end stands for numbers beyond any bound.</summary>
    public static Interval operator *(Interval a, Interval b)
    {
        if (a.IsUndefined || b.IsUndefined)
            return Undefined;
        var (ll, lu, ul, uu) = (Product(a.Lower, b.Lower), Product(a.Lower, b.Upper), Product(a.Upper, b.Lower), Product(a.Upper, b.Upper));
        return new(Math.Min(Math.Min(ll.Lower, lu.Lower), Math.Min(ul.Lower, uu.Lower)), Math.Max(Math.Max(ll.Upper, lu.Upper), Math.Max(ul.Upper, uu.Upper)));
    }

    /// <summary>a / b, as if they were independent; <see cref="Undefined"/> where b contains 0.</summary>
    public static Interval operator /(Interval a, Interval b)
    {
        if (a.IsUndefined || b.IsUndefined || b.Contains(0))
            return Undefined;
        var (ll, lu, ul, uu) = (Quotient(a.Lower, b.Lower), Quotient(a.Lower, b.Upper), Quotient(a.Upper, b.Lower), Quotient(a.Upper, b.Upper));
        return new(Math.Min(Math.Min(ll.Lower, lu.Lower), Math.Min(ul.Lower, uu.Lower)), Math.Max(Math.Max(ll.Upper, lu.Upper), Math.Max(ul.Upper, uu.Upper)));
    }

    /// <summary>Whether both ends are equal; an undefined interval equals itself.</summary>
    public static bool operator ==(Interval a, Interval b) => a.Equals(b);

    /// <summary>Whether an end differs.</summary>
    public static bool operator !=(Interval a, Interval b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Interval other) => Lower.Equals(other.Lower) && Upper.Equals(other.Upper);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Interval other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Lower, Upper);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Lower:R}, {Upper:R}]");

    /// <summary>The largest double not above an exact sum or product of two doubles, given rounded with its error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double LowerOf(DoubleDouble exact) =>
        exact.Low < 0 ? Math.BitDecrement(exact.High) : exact.High == double.PositiveInfinity ? double.MaxValue : exact.High;

    /// <summary>The smallest double not below an exact sum or product of two doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double UpperOf(DoubleDouble exact) =>
        exact.Low > 0 ? Math.BitIncrement(exact.High) : exact.High == double.NegativeInfinity ? -double.MaxValue : exact.High;

    private static Interval Product(double a, double b)
    {
        if (a == 0 || b == 0)
            return Zero;
        var exact = DoubleDouble.ExactProduct(a, b);
        // Near underflow the error term is not exact any more.
        if (Math.Abs(exact.High) < 1e-290)
            return new(Math.BitDecrement(exact.High), Math.BitIncrement(exact.High));
        return new(LowerOf(exact), UpperOf(exact));
    }

    private static Interval Quotient(double a, double b)
    {
        if (a == 0 || double.IsInfinity(b))
            return double.IsInfinity(a) ? Entire : Zero;
        var quotient = a / b;
        return double.IsInfinity(a) ? quotient : new Interval(Math.BitDecrement(quotient), Math.BitIncrement(quotient));
    }

    private double Clamped(double value) => Math.Min(Math.Max(value, Lower), Upper);
}
