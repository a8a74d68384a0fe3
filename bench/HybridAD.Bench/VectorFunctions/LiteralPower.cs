using System.Globalization;
using HybridAD.Lanes;
using HybridAD.Numerics;

namespace HybridAD.Bench.VectorFunctions;

/// <summary>An exponent that kernels have compiled in.</summary>
internal interface IExponent
{
    static abstract double Value { get; }
}

/// <summary>The power with such an exponent; the second operand is ignored.</summary>
internal readonly struct LiteralPower<TExponent> : IFunction
    where TExponent : struct, IExponent
{
    public static string Name => string.Create(CultureInfo.InvariantCulture, $"pow(x, {TExponent.Value})");

    public static bool IsBinary => false;

    public static T Value<T>(T a, T b) where T : struct, ILanes<T> => LaneMath.Pow(a, TExponent.Value);

    public static double Value(double a, double b) => Math.Pow(a, TExponent.Value);

    public static DoubleDouble Exact(double a, double b) => DoubleDouble.Pow(a, TExponent.Value);
}

/// <summary>−3/2.</summary>
internal readonly struct MinusThreeHalves : IExponent
{
    public static double Value => -1.5;
}

/// <summary>−1/2.</summary>
internal readonly struct MinusHalf : IExponent
{
    public static double Value => -0.5;
}

/// <summary>−1/4.</summary>
internal readonly struct MinusQuarter : IExponent
{
    public static double Value => -0.25;
}

/// <summary>1/4.</summary>
internal readonly struct Quarter : IExponent
{
    public static double Value => 0.25;
}

/// <summary>5/4.</summary>
internal readonly struct FiveQuarters : IExponent
{
    public static double Value => 1.25;
}

/// <summary>3/2.</summary>
internal readonly struct ThreeHalves : IExponent
{
    public static double Value => 1.5;
}

/// <summary>5/2.</summary>
internal readonly struct FiveHalves : IExponent
{
    public static double Value => 2.5;
}

/// <summary>1.4, which has no short form.</summary>
internal readonly struct SevenFifths : IExponent
{
    public static double Value => 1.4;
}
