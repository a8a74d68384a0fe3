using HybridAD.Primitives;
using HybridAD.Tests.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>Operands of a primitive, one array for each, in multiples of eight.</summary>
internal static class LanePoints
{
    private static readonly double[] Special =
    [
        0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 0.25, 0.75, -0.75, 1.25, -1.25, 0.84375, -0.84375, 1.5, 10, -10, 1000, double.NaN,
        double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, 1e-310, -1e-310, 2.2250738585072014e-308,
        1e-200, -1e-200, 1e-17, -1e-17, 1e-8, 1e200, -1e200, double.MaxValue, double.MinValue, 6, -6, 26.6, 27.3, 28, -28, 36.7, -36.7, 400,
        -708.4, -745.1, -745.2, 709.7, 709.79, 710.4, -710.4, 710.5, -710.5, Math.PI, Math.PI / 2, -Math.PI / 4, 1e5, 1e15, 1e22, -1e300,
        1L << 40, 5, -5,
    ];

    /// <summary>Special operands, for a binary operation all pairs of them.</summary>
    public static double[][] Specials(Primitive primitive)
    {
        var points = primitive.Arity == Arity.Unary
            ? Special.Select(x => new[] { x })
            : Special.SelectMany(a => Special.Select(b => new[] { a, b }));
        return Columns([.. points]);
    }

    /// <summary>Points from the domain where values are moderate, or from the whole range of doubles.</summary>
    public static double[][] Random(Primitive primitive, int seed, int count, bool anywhere)
    {
        var random = new Random(seed);
        return Columns([.. Enumerable.Range(0, count).Select(_ => anywhere ? ExactValues.Anywhere(primitive, random) : Domains.Sample(primitive, random))]);
    }

    private static double[][] Columns(List<double[]> points)
    {
        while (points.Count % 8 != 0)
            points.Add(points[^1]);
        return [.. Enumerable.Range(0, points[0].Length).Select(k => points.Select(x => x[k]).ToArray())];
    }
}
