using System.Numerics;
using System.Runtime.CompilerServices;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Forward;

/// <summary>
/// What <see cref="Dual{T}"/> needs of its component type beyond the generic-math interfaces; the library's own numbers implement it.
/// </summary>
internal interface IActiveNumber<T>
{
    /// <summary>Whether the number is zero and so are all derivatives it carries.</summary>
    bool IsZeroEverywhere { get; }

    /// <summary>−1, 0 or 1 with the sign of the number.</summary>
    T SignOf();

    /// <summary>The error function.</summary>
    T Erf();

    /// <summary>1 − erf.</summary>
    T Erfc();

    /// <summary>Rounded to significant decimal digits.</summary>
    T Precision(T digits);

    /// <summary>Rounded to decimal places.</summary>
    T RoundTo(T places);

    /// <summary>Truncated to decimal places.</summary>
    T TruncateTo(T places);

    /// <summary>Rounded to a format.</summary>
    T Cast(NumberFormat format);
}

/// <summary>
/// Functions over any number type that the generic-math interfaces lack or that their plain types compute badly: <c>double.ExpM1</c> and
/// <c>double.LogP1</c> lose thousands of ulp near 0. The type tests are constant for the JIT, and the casts after them free: with a pattern variable
/// it would box the number.
/// </summary>
internal static class Accurately
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZeroEverywhere<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? ((IActiveNumber<T>)x).IsZeroEverywhere : x == T.Zero;

    public static T SignOf<T>(T x)
        where T : IFloatingPointIeee754<T> =>
        x is IActiveNumber<T> ? ((IActiveNumber<T>)x).SignOf() : x > T.Zero ? T.One : x < T.Zero ? T.NegativeOne : x;

    public static T ExpM1<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.ExpM1(x) : Plain(Accurate.Expm1(Plain(x)), x);

    public static T LogP1<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.LogP1(x) : Plain(Accurate.Log1p(Plain(x)), x);

    public static T Exp2M1<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.Exp2M1(x) : Plain(Accurate.Exp2M1(Plain(x)), x);

    public static T Exp10M1<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.Exp10M1(x) : Plain(Accurate.Exp10M1(Plain(x)), x);

    public static T Log2P1<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.Log2P1(x) : Plain(Accurate.Log2P1(Plain(x)), x);

    public static T Log10P1<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.Log10P1(x) : Plain(Accurate.Log10P1(Plain(x)), x);

    public static T Cbrt<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.Cbrt(x) : Plain(Accurate.Cbrt(Plain(x)), x);

    public static T RootN<T>(T x, int n)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? T.RootN(x, n) : Plain(Accurate.RootN(Plain(x), n), x);

    public static T Erf<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? ((IActiveNumber<T>)x).Erf() : Plain(Accurate.Erf(Plain(x)), x);

    public static T Erfc<T>(T x)
        where T : IFloatingPointIeee754<T> => x is IActiveNumber<T> ? ((IActiveNumber<T>)x).Erfc() : Plain(Accurate.Erfc(Plain(x)), x);

    public static T Precision<T>(T x, T digits)
        where T : IFloatingPointIeee754<T> =>
        x is IActiveNumber<T> ? ((IActiveNumber<T>)x).Precision(digits) : Plain(Accurate.Precision(Plain(x), Plain(digits)), x);

    public static T RoundTo<T>(T x, T places)
        where T : IFloatingPointIeee754<T> =>
        x is IActiveNumber<T> ? ((IActiveNumber<T>)x).RoundTo(places) : Plain(Accurate.RoundTo(Plain(x), Plain(places)), x);

    public static T TruncateTo<T>(T x, T places)
        where T : IFloatingPointIeee754<T> =>
        x is IActiveNumber<T> ? ((IActiveNumber<T>)x).TruncateTo(places) : Plain(Accurate.TruncTo(Plain(x), Plain(places)), x);

    public static T Cast<T>(T x, NumberFormat format)
        where T : IFloatingPointIeee754<T> =>
        x is IActiveNumber<T> ? ((IActiveNumber<T>)x).Cast(format) : Plain(format.Round(Plain(x)), x);

    private static double Plain<T>(T x)
        where T : IFloatingPointIeee754<T> => double.CreateTruncating(x);

    private static T Plain<T>(double value, T _)
        where T : IFloatingPointIeee754<T> => T.CreateTruncating(value);
}
