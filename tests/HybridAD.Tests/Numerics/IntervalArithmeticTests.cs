using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>Sums, products, quotients and roots of single numbers are the two doubles around the exact result, or the result itself.</summary>
public class IntervalArithmeticTests
{
    private const int Seed = 31;
    private const int Count = 2000;

    private static readonly double[] Special =
    [
        0, -0.0, 1, -1, 3, 0.1, double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, 1e-310, 1e-160, -1e-150, 1e150, -1e160, 1e308, double.MaxValue,
        -double.MaxValue, double.PositiveInfinity, double.NegativeInfinity,
    ];

    public static TheoryData<double, double> Magnitudes => new()
    {
        { 1e-3, 1e3 }, { 1e-150, 1e150 }, { double.Epsilon, 1e-300 }, { 1e290, double.MaxValue }, { double.Epsilon, double.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Magnitudes))]
    public void Results_of_single_numbers_are_the_doubles_around_the_exact_ones(double low, double high)
    {
        var a = Points.Logarithmic(Seed, Count, low, high).ToArray();
        var b = Points.Logarithmic(Seed + 1, Count, low, high).ToArray();
        for (var k = 0; k < Count; k++)
        {
            // Short operands, so that exact results occur.
            var (x, y) = k % 4 == 0 && Math.Abs(a[k]) < 1e300 ? (Short(a[k]), Short(b[k])) : (a[k], b[k]);
            var where = $"{x:R}, {y:R} (seed {Seed}, case {k})";
            AssertBetween((Interval)x + y, (BigFloat)x + y, $"+ {where}", Math.Abs(Math.ILogB(x) - Math.ILogB(y)) < 150);
            AssertBetween((Interval)x - y, (BigFloat)x - y, $"- {where}", Math.Abs(Math.ILogB(x) - Math.ILogB(y)) < 150);
            AssertBetween((Interval)x * y, (BigFloat)x * y, $"* {where}", true);
            AssertBetween(Interval.Square(x), (BigFloat)x * x, $"² {where}", true);
            if (y != 0)
                AssertBetween((Interval)x / y, (BigFloat)x / y, $"/ {where}", Math.Abs(x) > 1e-290);
            AssertBetween(Interval.Sqrt(Math.Abs(x)), Reference.Sqrt(Math.Abs(x)), $"√ {where}", false);
        }
    }

    [Theory]
    [InlineData(1, 4, 2)]
    [InlineData(0.75, 0.5625, 0.75)]
    public void Exact_results_are_not_widened(double a, double square, double root)
    {
        Assert.Equal(new Interval(a + 2, a + 2), (Interval)a + 2);
        Assert.Equal(new Interval(a * 3, a * 3), (Interval)a * 3);
        Assert.Equal(new Interval(a, a), (Interval)(3 * a) / 3);
        Assert.Equal(new Interval(root, root), Interval.Sqrt(square));
        Assert.Equal(new Interval(a * a * a, a * a * a), Interval.Pow((Interval)a, 3));
    }

    [Fact]
    public void Results_over_boxes_are_the_extremes_at_corners()
    {
        var random = new Random(Seed);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var (a, b) = (Box(random), Box(random));
            var where = $"{a}, {b} (seed {Seed}, trial {trial})";
            AssertSame(Corners(a, b, (x, y) => (Interval)x * y), a * b, where);
            AssertSame(Corners(a, b, (x, y) => (Interval)x + y), a + b, where);
            AssertSame(Corners(a, b, (x, y) => (Interval)x - y), a - b, where);
            AssertSame(b.Contains(0) ? Interval.Undefined : Corners(a, b, (x, y) => (Interval)x / y), a / b, where);
            AssertSame(a.Contains(0) ? new(0, Interval.Square(a.Magnitude).Upper) : Corners(a, a, (x, _) => Interval.Square(x)), Interval.Square(a), where);
        }
    }

    [Fact]
    public void Undefined_operands_make_every_result_undefined()
    {
        foreach (var x in Special)
        {
            Interval a = x;
            Interval[] results =
            [
                a + Interval.Undefined, Interval.Undefined - a, a * Interval.Undefined, Interval.Undefined * a, a / Interval.Undefined, Interval.Undefined / a,
                Interval.Min(a, Interval.Undefined), Interval.Hull(Interval.Undefined, a), Interval.Less(a, Interval.Undefined), Interval.Equal(Interval.Undefined, a),
                Interval.Atan2(a, Interval.Undefined), Interval.Hypot(Interval.Undefined, a), Interval.Pow(Interval.Undefined, 3), Interval.Pow(Interval.Undefined, a),
            ];
            Assert.All(results, result => Assert.True(result.IsUndefined, $"{x}: {string.Join(" ", results)}"));
        }
    }

    [Fact]
    public void Infinite_ends_stand_for_numbers_beyond_any_bound()
    {
        var ray = new Interval(1, double.PositiveInfinity);
        Assert.Equal(Interval.Zero, ray * 0);
        Assert.Equal(new(0, double.PositiveInfinity), ray * new Interval(0, 1));
        Assert.Equal(new(0, 1), 1 / ray);
        Assert.Equal(Interval.Entire, ray - ray);
        Assert.Equal(new(0, double.PositiveInfinity), ray / ray);
        Assert.Equal(new(1, double.PositiveInfinity), Interval.Sqrt(ray));
        Assert.Equal(new(double.MaxValue, double.PositiveInfinity), (Interval)double.MaxValue + double.MaxValue);
        Assert.Equal(new(double.NegativeInfinity, -double.MaxValue), (Interval)double.MaxValue * -2);
        Assert.Equal(new(0, double.Epsilon), (Interval)double.Epsilon * 0.25);
    }

    [Fact]
    public void Halves_share_the_midpoint_and_make_up_the_whole()
    {
        foreach (var a in Special)
        {
            foreach (var b in Special.Where(b => b >= a))
            {
                var whole = new Interval(a, b);
                var (left, right) = whole.Bisect();
                Assert.True(left.Lower == a && right.Upper == b && left.Upper == right.Lower && whole.Contains(left.Upper), $"{whole}: {left} {right}");
            }
        }
    }

    [Fact]
    public void Comparisons_are_decided_where_all_pairs_agree()
    {
        Assert.Equal(1, Interval.Less(new(0, 1), new(2, 3)));
        Assert.Equal(0, Interval.Less(new(1, 2), new(0, 1)));
        Assert.Equal(Interval.Undecided, Interval.Less(new(0, 1), new(1, 2)));
        Assert.Equal(1, Interval.LessOrEqual(new(0, 1), new(1, 2)));
        Assert.Equal(1, Interval.Equal(1, 1));
        Assert.Equal(0, Interval.Equal(new(0, 1), new(2, 2)));
        Assert.Equal(Interval.Undecided, Interval.Equal(new(0, 1), 1));
        Assert.Equal(new Interval(1, 2), Interval.Intersect(new(0, 2), new(1, 3)));
        Assert.Null(Interval.Intersect(new(0, 1), new(2, 3)));
    }

    internal static void AssertBetween(Interval result, BigFloat exact, string where, bool tightest)
    {
        Assert.True(!Above(result.Lower, exact) && !Below(result.Upper, exact), $"{result} misses {exact}: {where}");
        if (tightest && result.Lower != result.Upper)
        {
            Assert.True(Above(Math.BitIncrement(result.Lower), exact) && Below(Math.BitDecrement(result.Upper), exact) &&
                Math.BitIncrement(result.Lower) == result.Upper, $"{result} is wide: {where}");
        }
    }

    private static bool Above(double end, BigFloat exact) => double.IsInfinity(end) ? end > 0 : end > exact;

    private static bool Below(double end, BigFloat exact) => double.IsInfinity(end) ? end < 0 : end < exact;

    private static double Short(double x) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) & ~0xFFFFFFFFFFL);

    private static Interval Box(Random random)
    {
        double End() => random.Next(4) == 0 ? Special[random.Next(Special.Length - 2)] : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4));
        var (a, b) = (End(), End());
        return new(Math.Min(a, b), Math.Max(a, b));
    }

    private static Interval Corners(Interval a, Interval b, Func<double, double, Interval> operation) =>
        Interval.Hull(Interval.Hull(operation(a.Lower, b.Lower), operation(a.Lower, b.Upper)),
            Interval.Hull(operation(a.Upper, b.Lower), operation(a.Upper, b.Upper)));

    private static void AssertSame(Interval expected, Interval actual, string where) =>
        Assert.True((expected.IsUndefined && actual.IsUndefined) || (expected.Lower == actual.Lower && expected.Upper == actual.Upper),
            $"{actual}, not {expected}: {where}");
}
