using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Primitives;

/// <summary>A number format as a type.</summary>
internal interface IFormat
{
    static abstract NumberFormat Format { get; }
}

/// <summary>IEEE 754 binary32.</summary>
internal readonly struct AsBinary32 : IFormat
{
    public static NumberFormat Format => NumberFormat.Binary32;
}

/// <summary>IEEE 754 binary16.</summary>
internal readonly struct AsBinary16 : IFormat
{
    public static NumberFormat Format => NumberFormat.Binary16;
}

/// <summary>The upper half of a binary32.</summary>
internal readonly struct AsBFloat16 : IFormat
{
    public static NumberFormat Format => NumberFormat.BFloat16;
}

/// <summary>What <see cref="CastRule"/> does for one format, so that loops over it are compiled for that format; what rounds are the same operations.</summary>
internal readonly struct CastTo<TFormat> : IUnaryRule
    where TFormat : struct, IFormat
{
    private static readonly double SmallestPower = Math.ScaleB(1, TFormat.Format.MinExponent);
    private static readonly double UlpOfOne = Math.ScaleB(1, 1 - TFormat.Format.Precision);
    private static readonly double Limit = Math.ScaleB(1, TFormat.Format.MaxExponent) * 2;
    private static readonly double SignBit = -0.0;

    public static double Value(double x) => TFormat.Format.Round(x);

    public static double Partial(double x, double y) => 1;

    public static double Second(double x, double y) => 0;

    public static T Value<T>(T x)
        where T : struct, ILanes<T>
    {
        var infinity = T.Broadcast(double.PositiveInfinity);
        // The bits of the exponent alone are a power of two.
        var power = T.Max(x & infinity, T.Broadcast(SmallestPower));
        var ulp = power * T.Broadcast(UlpOfOne);
        var rounded = T.RoundToEven(x / ulp) * ulp;
        var outside = T.LessOrEqual(T.Broadcast(Limit), T.Abs(rounded));
        rounded = T.Select(outside, infinity | (x & T.Broadcast(SignBit)), rounded);
        // 0, ∞ and NaN stay as they are.
        return T.Select(T.Less(T.Abs(x), infinity), rounded, x);
    }

    public static T Partial<T>(T x, T y)
        where T : struct, ILanes<T> => T.Broadcast(1);

    public static DoubleDouble Refined(DoubleDouble x) => x;

    public static Interval Enclosure(Interval x) => x;

    public static Interval PartialEnclosure(Interval x, Interval y) => 1;

    public static Interval SecondEnclosure(Interval x, Interval y) => 0;
}
