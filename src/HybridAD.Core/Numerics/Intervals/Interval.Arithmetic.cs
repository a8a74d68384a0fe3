using System.Runtime.CompilerServices;

namespace HybridAD.Numerics;

/// <summary>+, −, ·, / and the functions that are made of them.</summary>
public readonly partial struct Interval
{
    /// <summary>−a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval operator -(Interval a) => new(-a.Upper, -a.Lower);

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval operator +(Interval a, Interval b) => new(SumDown(a.Lower, b.Lower), SumUp(a.Upper, b.Upper));

    /// <summary>a − b, as if they were independent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Interval operator -(Interval a, Interval b) => new(SumDown(a.Lower, -b.Upper), SumUp(a.Upper, -b.Lower));

    /// <summary>a · b, as if they were independent; 0 · ∞ counts as 0, since an infinite end stands for numbers beyond any bound.</summary>
    public static Interval operator *(Interval a, Interval b)
    {
        // An undefined operand fails every comparison, and the products of the last case it comes to are NaN.
        if (a.Lower >= 0)
        {
            return b.Lower >= 0 ? new(ProductDown(a.Lower, b.Lower), ProductUp(a.Upper, b.Upper))
                : b.Upper <= 0 ? new(ProductDown(a.Upper, b.Lower), ProductUp(a.Lower, b.Upper))
                : new(ProductDown(a.Upper, b.Lower), ProductUp(a.Upper, b.Upper));
        }

        if (a.Upper <= 0)
        {
            return b.Lower >= 0 ? new(ProductDown(a.Lower, b.Upper), ProductUp(a.Upper, b.Lower))
                : b.Upper <= 0 ? new(ProductDown(a.Upper, b.Upper), ProductUp(a.Lower, b.Lower))
                : new(ProductDown(a.Lower, b.Upper), ProductUp(a.Lower, b.Lower));
        }

        return b.Lower >= 0 ? new(ProductDown(a.Lower, b.Upper), ProductUp(a.Upper, b.Upper))
            : b.Upper <= 0 ? new(ProductDown(a.Upper, b.Lower), ProductUp(a.Lower, b.Lower))
            : new(Math.Min(ProductDown(a.Lower, b.Upper), ProductDown(a.Upper, b.Lower)),
                Math.Max(ProductUp(a.Lower, b.Lower), ProductUp(a.Upper, b.Upper)));
    }

    /// <summary>a / b, as if they were independent; <see cref="Undefined"/> where b contains 0.</summary>
    public static Interval operator /(Interval a, Interval b)
    {
        if (b.Lower > 0)
        {
            return a.Lower >= 0 ? new(QuotientDown(a.Lower, b.Upper), QuotientUp(a.Upper, b.Lower))
                : a.Upper <= 0 ? new(QuotientDown(a.Lower, b.Lower), QuotientUp(a.Upper, b.Upper))
                : new(QuotientDown(a.Lower, b.Lower), QuotientUp(a.Upper, b.Lower));
        }

        if (b.Upper < 0)
        {
            return a.Lower >= 0 ? new(QuotientDown(a.Upper, b.Upper), QuotientUp(a.Lower, b.Lower))
                : a.Upper <= 0 ? new(QuotientDown(a.Upper, b.Lower), QuotientUp(a.Lower, b.Upper))
                : new(QuotientDown(a.Upper, b.Upper), QuotientUp(a.Lower, b.Upper));
        }

        return Undefined;
    }

    /// <summary>
    /// 1/a for a that is not negative, with an upper end of ∞ where a contains 0: derivatives that grow beyond any bound at the end of a domain.
    /// </summary>
    internal static Interval ReciprocalOfPositive(Interval a) =>
        a.Lower > 0 ? 1 / a : new(a.Upper > 0 ? QuotientDown(1, a.Upper) : double.IsNaN(a.Upper) ? double.NaN : double.MaxValue,
            double.IsNaN(a.Lower) ? double.NaN : double.PositiveInfinity);

    /// <summary>a².</summary>
    public static Interval Square(Interval a)
    {
        if (a.Lower >= 0)
            return new(ProductDown(a.Lower, a.Lower), ProductUp(a.Upper, a.Upper));
        if (a.Upper <= 0)
            return new(ProductDown(a.Upper, a.Upper), ProductUp(a.Lower, a.Lower));
        var magnitude = a.Magnitude;
        return new(double.IsNaN(magnitude) ? double.NaN : 0, ProductUp(magnitude, magnitude));
    }

    /// <summary>√a; <see cref="Undefined"/> where a reaches below 0.</summary>
    public static Interval Sqrt(Interval a) => a.Lower >= 0 ? new(RootDown(a.Lower), RootUp(a.Upper)) : Undefined;

    /// <summary>|a|.</summary>
    public static Interval Abs(Interval a) => a.Lower >= 0 ? a : a.Upper <= 0 ? -a : new(a.Mignitude, a.Magnitude);

    /// <summary>The smaller of a and b.</summary>
    public static Interval Min(Interval a, Interval b) => new(Math.Min(a.Lower, b.Lower), Math.Min(a.Upper, b.Upper));

    /// <summary>The larger of a and b.</summary>
    public static Interval Max(Interval a, Interval b) => new(Math.Max(a.Lower, b.Lower), Math.Max(a.Upper, b.Upper));

    /// <summary>(1 − a)(1 + a), for a in [−1, 1]; without cancellation near ±1, and as one function of a elsewhere.</summary>
    internal static Interval OneMinusSquare(Interval a)
    {
        var difference = 1 - Square(a);
        return a.Magnitude <= 0.5 ? difference : Tighter(difference, (1 - a) * (1 + a));
    }
}
