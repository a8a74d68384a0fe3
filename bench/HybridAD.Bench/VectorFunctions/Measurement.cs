using System.Globalization;
using System.Runtime.CompilerServices;
using HybridAD.Calibration;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Bench.VectorFunctions;

/// <summary>A function of one or two operands: in lanes, of doubles, and to 100 bits.</summary>
internal interface IFunction
{
    static abstract string Name { get; }

    static abstract bool IsBinary { get; }

    static abstract T Value<T>(T a, T b) where T : struct, ILanes<T>;

    static abstract double Value(double a, double b);

    static abstract DoubleDouble Exact(double a, double b);
}

/// <summary>The value of a unary rule, which ignores the second operand.</summary>
internal readonly struct UnaryFunction<TRule> : IFunction
    where TRule : struct, IUnaryRule
{
    public static string Name => typeof(TRule).Name[..^4].ToLowerInvariant();

    public static bool IsBinary => false;

    public static T Value<T>(T a, T b) where T : struct, ILanes<T> => TRule.Value(a);

    public static double Value(double a, double b) => TRule.Value(a);

    public static DoubleDouble Exact(double a, double b) => TRule.Refined(a);
}

/// <summary>The value of a binary rule.</summary>
internal readonly struct BinaryFunction<TRule> : IFunction
    where TRule : struct, IBinaryRule
{
    public static string Name => typeof(TRule).Name[..^4].ToLowerInvariant();

    public static bool IsBinary => true;

    public static T Value<T>(T a, T b) where T : struct, ILanes<T> => TRule.Value(a, b);

    public static double Value(double a, double b) => TRule.Value(a, b);

    public static DoubleDouble Exact(double a, double b) => TRule.Refined(a, b);
}

/// <summary>The largest errors of a function over a domain, and the nanoseconds of one number: scalar, then by width.</summary>
internal sealed record Measurement(string Function, string Range, double Error, double ScalarError, double[] Nanoseconds)
{
    private const int Timed = 4096;

    public static Measurement Of<TFunction>(Domain domainA, Domain domainB, int points) where TFunction : struct, IFunction
    {
        var random = new Random(1);
        var (error, scalarError) = (0.0, 0.0);
        var (a, b, y) = (new double[Timed], new double[Timed], new double[Timed]);
        for (var done = 0; done < points; done += Timed)
        {
            for (var k = 0; k < Timed; k++)
                (a[k], b[k]) = (domainA.Sample(random), domainB.Sample(random));
            InLanes<TFunction, Lanes512>(a, b, y);
            for (var k = 0; k < Timed; k++)
            {
                var exact = TFunction.Exact(a[k], b[k]);
                error = Math.Max(error, Ulps(y[k], exact));
                scalarError = Math.Max(scalarError, Ulps(TFunction.Value(a[k], b[k]), exact));
            }
        }

        var seconds = Timing.Interleaved(
        [
            () => OneByOne<TFunction>(a, b, y),
            () => InLanes<TFunction, LanesScalar>(a, b, y),
            () => InLanes<TFunction, Lanes128>(a, b, y),
            () => InLanes<TFunction, Lanes256>(a, b, y),
            () => InLanes<TFunction, Lanes512>(a, b, y),
        ]);
        var range = TFunction.IsBinary ? $"{domainA} × {domainB}" : $"{domainA}";
        return new(TFunction.Name, range, error, scalarError, [.. seconds.Select(s => 1e9 * s / Timed)]);
    }

    public override string ToString()
    {
        var times = string.Join(" | ", Nanoseconds.Select(ns => ns.ToString("F1", CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"| {Function} | {Range} | {Error:F2} | {ScalarError:F2} | {times} | {Nanoseconds[0] / Nanoseconds[^1]:F1} |");
    }

    // Optimised from the start, as code that is emitted for a kernel is.
    private const MethodImplOptions Optimized = MethodImplOptions.AggressiveOptimization;

    [MethodImpl(Optimized)]
    private static void OneByOne<TFunction>(double[] a, double[] b, double[] y) where TFunction : struct, IFunction
    {
        for (var k = 0; k < a.Length; k++)
            y[k] = TFunction.Value(a[k], b[k]);
    }

    [MethodImpl(Optimized)]
    private static void InLanes<TFunction, T>(double[] a, double[] b, double[] y)
        where TFunction : struct, IFunction
        where T : struct, ILanes<T>
    {
        for (var k = 0; k < a.Length; k += T.Count)
            T.Store(TFunction.Value(T.Load(in a[k]), T.Load(in b[k])), ref y[k]);
    }

    private static double Ulps(double computed, DoubleDouble exact)
    {
        if (!double.IsFinite(computed) || !double.IsFinite(exact.High))
            return computed.Equals(exact.High) ? 0 : double.PositiveInfinity;
        var magnitude = Math.Abs(exact.High);
        var spacing = magnitude < double.MaxValue ? Math.BitIncrement(magnitude) - magnitude : Math.ScaleB(1, 971);
        return Math.Abs((exact - computed).High) / spacing;
    }
}
