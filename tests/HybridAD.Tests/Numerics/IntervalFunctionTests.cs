using HybridAD.Numerics;

namespace HybridAD.Tests.Numerics;

/// <summary>Elementary functions of intervals, against the 240-bit reference.</summary>
public class IntervalFunctionTests
{
    private const int Seed = 37;
    private const int Count = 100;

    public static TheoryData<string, double, double> Ranges => new()
    {
        { "exp", -745, 709.7 }, { "exp", -1e-3, 1e-3 }, { "expm1", -40, 709 }, { "expm1", -1e-3, 1e-3 }, { "log", 1e-3, 3 }, { "log", 0.999, 1.001 },
        { "log2", 1e-3, 3 }, { "log10", 1e-3, 1e4 }, { "log1p", -0.999, 3 }, { "log1p", -1e-6, 1e-6 }, { "cbrt", -10, 10 },
        { "sin", -10, 10 }, { "sin", -1e9, 1e9 }, { "sin", -1e22, 1e22 }, { "cos", -1e14, 1e14 }, { "cos", -10, 10 }, { "cos", -1e9, 1e9 }, { "tan", -1.5, 1.5 }, { "tan", -1e5, 1e5 },
        { "asin", -1, 1 }, { "acos", -1, 1 }, { "acos", 0.9999, 1 }, { "atan", -100, 100 }, { "atan", -1e-5, 1e-5 },
        { "sinh", -710, 710 }, { "sinh", -1, 1 }, { "cosh", -710, 710 }, { "cosh", -1, 1 }, { "tanh", -25, 25 }, { "tanh", -0.1, 0.1 },
        { "asinh", -100, 100 }, { "asinh", -0.1, 0.1 }, { "acosh", 1, 100 }, { "acosh", 1, 1.001 }, { "atanh", -1, 1 }, { "atanh", -0.01, 0.01 },
        { "erf", -6, 6 }, { "erfc", -6, 26 }, { "pow3", -5, 5 }, { "pow4", -5, 5 }, { "pow-3", 0.1, 5 }, { "pow7", -5, 5 }, { "pow0.3", 0, 9 }, { "pow-2.5", 0.1, 9 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void The_value_at_a_single_number_is_enclosed_within_a_few_ulps(string name, double low, double high)
    {
        var (function, reference) = Case(name);
        foreach (var x in Points.Uniform(Seed, Count, low, high))
        {
            var exact = reference(x);
            var enclosure = function(x);
            IntervalArithmeticTests.AssertBetween(enclosure, exact, $"{name}({x:R}), seed {Seed}", tightest: false);
            Assert.True(Ulps.Between(enclosure.Lower, exact) <= 16 && Ulps.Between(enclosure.Upper, exact) <= 16, $"{name}({x:R}) = {enclosure} is wide; seed {Seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Values_inside_an_interval_are_enclosed(string name, double low, double high)
    {
        var (function, reference) = Case(name);
        var random = new Random(Seed);
        var points = Points.Uniform(Seed, Count, low, high).ToArray();
        for (var k = 0; k < Count; k++)
        {
            var width = (high - low) * Math.Pow(10, -random.Next(0, 12));
            var box = new Interval(points[k], Math.Min(points[k] + width * random.NextDouble(), high));
            var enclosure = function(box);
            if (enclosure.IsUndefined)
                continue;
            foreach (var x in new[] { box.Lower, box.Upper, box.Midpoint, Math.Clamp(box.Lower + box.Width * random.NextDouble(), box.Lower, box.Upper) })
                IntervalArithmeticTests.AssertBetween(enclosure, reference(x), $"{name}({x:R}) over {box}, seed {Seed}, case {k}", tightest: false);
        }
    }

    [Fact]
    public void Waves_reach_their_extremes_exactly_where_the_interval_holds_one()
    {
        var random = new Random(Seed);
        for (var trial = 0; trial < 800; trial++)
        {
            // Ends near multiples of a quarter turn, on both sides.
            var scale = (int)Math.Pow(10, random.Next(1, 9));
            var first = random.Next(-scale, scale);
            double End(int quarter) => quarter * (Math.PI / 2) + (random.Next(3) - 1) * Math.Pow(10, -random.Next(1, 9));
            var (a, b) = (End(first), End(first + random.Next(0, 5)));
            var box = new Interval(Math.Min(a, b), Math.Max(a, b));
            var where = $"over {box} (seed {Seed}, trial {trial})";
            AssertWave(Interval.Sin(box), box, 1, x => Reference.Sin(x), $"sin {where}");
            AssertWave(Interval.Cos(box), box, 0, x => Reference.Cos(x), $"cos {where}");
            var pole = QuarterTurnInside(box, 1, 2);
            Assert.True(Interval.Tan(box).IsUndefined == pole, $"tan {where}: {Interval.Tan(box)}");
        }
    }

    [Fact]
    public void Waves_of_large_arguments_are_still_enclosed()
    {
        Assert.Equal(new Interval(-1, 1), Interval.Sin(new(0, 7)));
        Assert.Equal(new Interval(-1, 1), Interval.Sin(Interval.Entire));
        Assert.Equal(new Interval(-1, 1), Interval.Cos(new(2e15, 2e15 + 1)));
        Assert.True(Interval.Sin(1e22) is { } single && single.Contains(Math.Sin(1e22)) && single.Width < 1e-14);
        Assert.True(Interval.Cos(new(1e14, 1e14 + 0.5)).Width < 0.6);
        Assert.True(Interval.Tan(Interval.Entire).IsUndefined);
    }

    [Fact]
    public void Textbook_ranges_come_out()
    {
        Assert.Equal(new Interval(0, 4), Interval.Square(new(-1, 2)));
        Assert.Equal(new Interval(0, 16), Interval.Pow(new Interval(-1, 2), 4));
        Assert.Equal(new Interval(-1, 8), Interval.Pow(new Interval(-1, 2), 3));
        Assert.Equal(new Interval(0, 1), Interval.Sin(new(0, 2)));
        Assert.Equal(new Interval(0, 2), Interval.Abs(new(-1, 2)));
        Assert.Equal(new Interval(1, 1), Interval.Exp(0));
        Assert.Equal(new Interval(0, 0), Interval.Log(1));
        Assert.True(Interval.Hypot(new(-3, 1), new(0, 4)) is { Lower: 0, Upper: >= 5 and < 5.00000000000001 });
        Assert.True(Interval.Atan2(new(1, 2), new(-1, 1)) is { Lower: > 0.78, Upper: < 2.36 });
        Assert.True(Interval.Atan2(new(-1, 1), new(-2, -1)) is { Lower: < -3.14, Upper: > 3.14 });
    }

    [Fact]
    public void Arguments_outside_the_domain_make_the_result_undefined()
    {
        Interval[] results =
        [
            Interval.Sqrt(new(-1, 1)), Interval.Log(new(0, 1)), Interval.Log10(new(-1, 1)), Interval.Log1p(new(-1, 0)), Interval.Asin(new(0, 1.5)),
            Interval.Acos(new(-2, 0)), Interval.Acosh(new(0, 2)), Interval.Atanh(new(0, 1)), Interval.Tan(new(1, 2)), 1 / new Interval(0, 1),
            Interval.Pow(new Interval(-1, 1), 0.5), Interval.Pow(new Interval(-1, 1), -2), Interval.Atan2(new(-1, 1), new(-1, 1)),
            Interval.RootN(new(-1, 1), 2), Interval.RootN(new(0, 1), -3),
        ];
        Assert.All(results, (result, at) => Assert.True(result.IsUndefined, $"number {at}: {result}"));
    }

    [Fact]
    public void Powers_of_boxes_hold_the_powers_inside()
    {
        var random = new Random(Seed);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var (x, y) = (Math.Pow(10, random.NextDouble() * 6 - 3), random.NextDouble() * 8 - 4);
            var a = new Interval(x, x * (1 + random.NextDouble()));
            var b = new Interval(y, y + random.Next(3) * random.NextDouble());
            var at = (A: a.Lower + (a.Upper - a.Lower) * random.NextDouble(), B: b.Lower + (b.Upper - b.Lower) * random.NextDouble());
            Assert.True(Interval.Pow(a, b).Contains(Math.Pow(at.A, at.B)), $"{at} in {a}, {b}: {Interval.Pow(a, b)} (seed {Seed}, trial {trial})");
        }
    }

    private static void AssertWave(Interval wave, Interval box, int peak, Func<double, BigFloat> reference, string where)
    {
        var (top, bottom) = (QuarterTurnInside(box, peak, 4), QuarterTurnInside(box, peak + 2, 4));
        var (low, high) = (reference(box.Lower).ToDouble(), reference(box.Upper).ToDouble());
        var (least, largest) = (bottom ? -1 : Math.Min(low, high), top ? 1 : Math.Max(low, high));
        Assert.True(wave.Lower <= least && wave.Upper >= largest, $"{wave} does not hold [{least:R}, {largest:R}]: {where}");
        Assert.True(wave.Lower >= least - 2e-15 && wave.Upper <= largest + 2e-15, $"{wave} is wider than [{least:R}, {largest:R}]: {where}");
    }

    /// <summary>Whether an interval holds (k·period + phase)·π/2 for an integer k.</summary>
    private static bool QuarterTurnInside(Interval box, int phase, int period)
    {
        var around = (int)(((BigFloat)box.Lower / Reference.Pi * 2 - phase) / period).Round();
        for (var k = around - 1; k <= around + 4; k++)
        {
            var angle = Reference.Pi / 2 * (phase + period * k);
            if (!(angle < box.Lower) && !(angle > box.Upper))
                return true;
        }

        return false;
    }

    private static (Func<Interval, Interval> Function, Func<double, BigFloat> Reference) Case(string name) => name switch
    {
        "exp" => (Interval.Exp, x => Reference.Exp(x)),
        "expm1" => (Interval.Expm1, x => Reference.Expm1(x)),
        "log" => (Interval.Log, x => Reference.Log(x)),
        "log2" => (Interval.Log2, x => Reference.Log(x) / Reference.Ln2),
        "log10" => (Interval.Log10, x => Reference.Log(x) / Reference.Ln10),
        "log1p" => (Interval.Log1p, x => Reference.Log1p(x)),
        "cbrt" => (Interval.Cbrt, x => Reference.Root(x, 3)),
        "sin" => (Interval.Sin, x => Reference.Sin(x)),
        "cos" => (Interval.Cos, x => Reference.Cos(x)),
        "tan" => (Interval.Tan, x => Reference.Tan(x)),
        "asin" => (Interval.Asin, x => Reference.Asin(x)),
        "acos" => (Interval.Acos, x => Reference.Acos(x)),
        "atan" => (Interval.Atan, x => Reference.Atan(x)),
        "sinh" => (Interval.Sinh, x => Reference.Sinh(x)),
        "cosh" => (Interval.Cosh, x => Reference.Cosh(x)),
        "tanh" => (Interval.Tanh, x => Reference.Tanh(x)),
        "asinh" => (Interval.Asinh, x => Reference.Asinh(x)),
        "acosh" => (Interval.Acosh, x => Reference.Acosh(x)),
        "atanh" => (Interval.Atanh, x => Reference.Atanh(x)),
        "erf" => (Interval.Erf, x => Reference.Erf(x)),
        "erfc" => (Interval.Erfc, x => Reference.Erfc(x)),
        "pow3" => (x => Interval.Pow(x, 3), x => (BigFloat)x * x * x),
        "pow4" => (x => Interval.Pow(x, 4), x => (BigFloat)x * x * x * x),
        "pow7" => (x => Interval.Pow(x, 7), x => (BigFloat)x * x * x * x * x * x * x),
        "pow-3" => (x => Interval.Pow(x, -3), x => 1 / ((BigFloat)x * x * x)),
        "pow0.3" => (x => Interval.Pow(x, 0.3), x => Reference.Exp(Reference.Log(x) * 0.3)),
        "pow-2.5" => (x => Interval.Pow(x, -2.5), x => Reference.Exp(Reference.Log(x) * -2.5)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
