using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>Values and partials in lanes against 100-bit values and the scalar rules.</summary>
public sealed class LaneRuleTests
{
    private const int Count = 4000;

    public static TheoryData<string> Names => [.. Operations.Select(p => p.Name)];

    /// <summary>Without jumps, across which the reference may be on the other side.</summary>
    public static TheoryData<string> Continuous => [.. Operations.Where(p => p.Smoothness != Smoothness.Step).Select(p => p.Name)];

    private static IEnumerable<Primitive> Operations => Primitive.All.Where(p => p.Arity is Arity.Unary or Arity.Binary);

    [Theory]
    [MemberData(nameof(Continuous))]
    public void Values_are_within_2_ulps_of_the_exact_ones(string name)
    {
        var primitive = Primitive.Find(name)!;
        foreach (var anywhere in new[] { false, true })
        {
            var seed = name.Sum(c => c) + (anywhere ? 1000 : 0);
            var operands = LanePoints.Random(primitive, seed, Count, anywhere);
            var values = Widths.Evaluate("512", primitive, operands).Values;
            for (var i = 0; i < values.Length; i++)
            {
                double[] x = [.. operands.Select(column => column[i])];
                var error = ErrorInUlps(values[i], primitive.Refined([.. x.Select(v => (DoubleDouble)v)], []));
                Assert.True(error <= 2, $"{name}({string.Join(", ", x.Select(v => $"{v:R}"))}) = {values[i]:R} is {error} ulps off; seed {seed}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_and_partials_agree_with_the_scalar_rule(string name)
    {
        var primitive = Primitive.Find(name)!;
        var seed = name.Sum(c => c);
        double[][][] sets = [LanePoints.Specials(primitive), LanePoints.Random(primitive, seed, Count, false), LanePoints.Random(primitive, seed, Count, true)];
        foreach (var operands in sets)
        {
            var outcome = Widths.Evaluate("512", primitive, operands);
            var partials = new double[operands.Length];
            for (var i = 0; i < outcome.Values.Length; i++)
            {
                double[] x = [.. operands.Select(column => column[i])];
                var value = primitive.Value(x, []);
                // What the value may be off moves a partial that is computed from it.
                primitive.Partials(x, [], value, partials);
                var where = $"at {string.Join(", ", x.Select(v => $"{v:R}"))}; seed {seed}.";
                AssertWithinUlps(value, outcome.Values[i], 4, $"{name} {where}");
                for (var k = 0; k < x.Length; k++)
                    AssertWithinUlps(partials[k], outcome.Partials[k][i], 12, $"∂{name}/∂x{k} {where}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_width_gives_the_same_bits(string name)
    {
        var primitive = Primitive.Find(name)!;
        var seed = name.Sum(c => c);
        foreach (var operands in new[] { LanePoints.Specials(primitive), LanePoints.Random(primitive, seed, Count, true) })
        {
            var expected = Widths.Evaluate("scalar", primitive, operands);
            foreach (var width in Widths.Names)
            {
                var outcome = Widths.Evaluate(width, primitive, operands);
                Assert.Equal(expected.Values.Select(Bits), outcome.Values.Select(Bits));
                for (var k = 0; k < operands.Length; k++)
                    Assert.Equal(expected.Partials[k].Select(Bits), outcome.Partials[k].Select(Bits));
            }
        }
    }

    private static long Bits(double x) => double.IsNaN(x) ? -1 : BitConverter.DoubleToInt64Bits(x);

    private static double ErrorInUlps(double computed, DoubleDouble exact)
    {
        if (!double.IsFinite(computed) || !double.IsFinite(exact.High))
            return computed.Equals(exact.High) ? 0 : double.PositiveInfinity;
        var magnitude = Math.Abs(exact.High);
        // Near the subnormal numbers the reference is itself rounded to their spacing.
        var slack = magnitude < 1e-290 ? 0.5 : 0;
        return Math.Max(0, Math.Abs((exact - (DoubleDouble)computed).High) / Spacing(magnitude) - slack);
    }

    private static double Spacing(double magnitude) => magnitude < double.MaxValue ? Math.BitIncrement(magnitude) - magnitude : Math.ScaleB(1, 971);

    private static void AssertWithinUlps(double expected, double actual, double ulps, string what)
    {
        var close = double.IsFinite(expected) && double.IsFinite(actual)
            ? Math.Abs(expected - actual) <= ulps * Spacing(Math.Abs(expected)) && (expected != 0 || Bits(expected) == Bits(actual))
            // At the edge of overflow a last bit decides.
            : expected.Equals(actual) || Math.Abs(expected) > 1.79e308 && Math.Abs(actual) > 1.79e308 && Math.Sign(expected) == Math.Sign(actual);
        Assert.True(close, $"{what} {actual:R} in lanes, {expected:R} by the scalar rule.");
    }
}
