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
    public double Mignitude => Lower > 0 ? Lower : Upper < 0 ? -Upper : IsUndefined ? double.NaN : 0;

    /// <summary>A number near the middle, finite for every interval that is defined.</summary>
    public double Midpoint => Lower == Upper ? Lower : Clamped(0.5 * Math.Max(Lower, -double.MaxValue) + 0.5 * Math.Min(Upper, double.MaxValue));

    /// <summary>Upper − Lower, rounded up.</summary>
    public double Width => SumUp(Upper, -Lower);

    /// <summary>The interval of a single number.</summary>
    public static implicit operator Interval(double value) => new(value, value);

    /// <summary>Whether a number is inside.</summary>
    public bool Contains(double value) => Lower <= value && value <= Upper;

    /// <summary>Whether this is a single number.</summary>
    public bool IsPoint => Lower == Upper;

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

    private double Clamped(double value) => Math.Min(Math.Max(value, Lower), Upper);
}
