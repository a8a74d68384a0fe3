using System.Runtime.CompilerServices;

namespace HybridAD.Stability.Points;

/// <summary>A number an adjoint can be held in; a type argument, so that the sweeps are compiled for it.</summary>
internal interface IAdjointNumber<T>
    where T : struct, IAdjointNumber<T>
{
    /// <summary>The number of a double.</summary>
    static abstract T Of(double value);

    /// <summary>a + b.</summary>
    static abstract T Sum(T a, T b);

    /// <summary>a · factor.</summary>
    static abstract T Times(T a, double factor);

    /// <summary>|a|.</summary>
    static abstract T Abs(T a);

    /// <summary>a / b as a double; b is not 0.</summary>
    static abstract double Ratio(T a, T b);

    /// <summary>The nearest double.</summary>
    static abstract double ToDouble(T a);

    /// <summary>Whether this is zero.</summary>
    static abstract bool IsZero(T a);

    /// <summary>Whether a result has lost digits to underflow, or all of them to overflow.</summary>
    static abstract bool IsLossy(T a);
}

/// <summary>A double; what nearly all functions need.</summary>
internal readonly struct PlainAdjoint(double value) : IAdjointNumber<PlainAdjoint>
{
    private readonly double _value = value;

    public static PlainAdjoint Of(double value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainAdjoint Sum(PlainAdjoint a, PlainAdjoint b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainAdjoint Times(PlainAdjoint a, double factor) => new(a._value * factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainAdjoint Abs(PlainAdjoint a) => new(Math.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Ratio(PlainAdjoint a, PlainAdjoint b) => a._value / b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble(PlainAdjoint a) => a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(PlainAdjoint a) => a._value == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsLossy(PlainAdjoint a) => !(Math.Abs(a._value) is > 1e-300 and < 1e300);
}

/// <summary>A double with an exponent of its own, for chains whose adjoints leave the range of a double (1e-430) while what they carry to the result does not.</summary>
internal readonly struct WideAdjoint : IAdjointNumber<WideAdjoint>
{
    private readonly double _fraction;
    private readonly long _exponent;

    private WideAdjoint(double fraction, long exponent)
    {
        if (fraction == 0 || !double.IsFinite(fraction))
        {
            (_fraction, _exponent) = (fraction, 0);
            return;
        }
        var shift = Math.ILogB(fraction);
        (_fraction, _exponent) = (Math.ScaleB(fraction, -shift), exponent + shift);
    }

    public static WideAdjoint Of(double value) => new(value, 0);

    public static WideAdjoint Sum(WideAdjoint a, WideAdjoint b)
    {
        if (a._fraction == 0)
            return b;
        if (b._fraction == 0)
            return a;
        return a._exponent >= b._exponent
            ? new(a._fraction + Math.ScaleB(b._fraction, Shift(b._exponent - a._exponent)), a._exponent)
            : new(b._fraction + Math.ScaleB(a._fraction, Shift(a._exponent - b._exponent)), b._exponent);
    }

    public static WideAdjoint Times(WideAdjoint a, double factor)
    {
        // A subnormal or huge factor is brought to the size of 1 first: the product of two fractions then neither under- nor overflows.
        if (factor == 0 || !double.IsFinite(factor))
            return new(a._fraction * factor, a._exponent);
        var shift = Math.ILogB(factor);
        return new(a._fraction * Math.ScaleB(factor, -shift), a._exponent + shift);
    }

    public static WideAdjoint Abs(WideAdjoint a) => new(Math.Abs(a._fraction), a._exponent);

    public static double Ratio(WideAdjoint a, WideAdjoint b) => Math.ScaleB(a._fraction / b._fraction, Shift(a._exponent - b._exponent));

    public static double ToDouble(WideAdjoint a) => Math.ScaleB(a._fraction, Shift(a._exponent));

    public static bool IsZero(WideAdjoint a) => a._fraction == 0;

    public static bool IsLossy(WideAdjoint a) => a._fraction == 0 || !double.IsFinite(a._fraction);

    private static int Shift(long exponent) => (int)Math.Clamp(exponent, -5000, 5000);
}
