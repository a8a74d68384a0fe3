using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Tests.Numerics;
using Xunit.Abstractions;

namespace HybridAD.Tests.Primitives;

/// <summary>What a primitive says of its rounding holds: against 240 bits, at random points of its domain and of the whole range of doubles.</summary>
public sealed class RoundingErrorTests(ITestOutputHelper output)
{
    private const int Count = 250;

    public static TheoryData<string> Names => [.. Primitive.All.Select(primitive => primitive.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_computed_value_is_farther_off_than_its_bound_and_its_error_is_known_to_a_hundredth_of_an_ulp(string name)
    {
        var primitive = Primitive.Find(name)!;
        var seed = name.Length * 1000 + name[0];
        var random = new Random(seed);
        var (worst, worstAt) = (0.0, "");
        for (var trial = 0; trial < Count; trial++)
        {
            var parameters = ExactValues.Parameters(primitive, random);
            var operands = trial % 2 == 0 ? Domains.Sample(primitive, random) : ExactValues.Anywhere(primitive, random);
            var value = primitive.Value(operands, parameters);
            if (!double.IsFinite(value) || !operands.All(double.IsFinite))
                continue;
            var exact = ExactValues.Of(primitive, operands, parameters);
            var error = (BigFloat)value - exact;
            var ulp = RoundingError.Ulp(value);
            var where = $"{name}({string.Join(", ", operands.Select(x => x.ToString("R")))}) [{string.Join(", ", parameters)}], seed {seed}, trial {trial}";
            var bound = primitive.RoundingBound(operands, parameters, value);
            Assert.True(!(BigFloat.Abs(error) > bound), $"{where} is off by {error}, over {bound}.");
            Assert.True(primitive.RoundingBound(operands, parameters, value) <= RoundingError.Bound(value, primitive.UlpBound), $"{where}: bound over UlpBound");
            var local = primitive.LocalError(operands, parameters, value);
            if (double.IsNaN(local))
                continue;
            // Beside the share of an ulp or of the error itself, half of the smallest double may be lost.
            var share = primitive.UlpBound <= 0.5 && primitive.Name is not ("round" or "trunc" or "precision") ? 1e-10 : 0.01;
            var allowed = (BigFloat)(share * ulp) + BigFloat.Of(1, -1074) + (BigFloat)1e-15 * BigFloat.Abs(error);
            Assert.True(!(BigFloat.Abs(local - error) > allowed), $"{where} is off by {error}, not {local}.");
            var ulps = BigFloat.Abs(error).ToDouble() / ulp;
            if (ulps > worst)
                (worst, worstAt) = (ulps, where);
        }
        output.WriteLine($"{name}: {worst:F3} ulp at {worstAt}");
    }

    [Theory]
    [InlineData("add", 1e308, 1e308)]
    [InlineData("mul", 1e200, 1e200)]
    [InlineData("div", 1.0, 0.0)]
    [InlineData("sub", double.NaN, 1.0)]
    public void Where_the_value_is_no_number_nothing_is_said(string name, double a, double b)
    {
        var primitive = Primitive.Find(name)!;
        var value = primitive.Value([a, b], []);
        Assert.Equal(double.NaN, primitive.LocalError([a, b], [], value));
        Assert.Equal(double.PositiveInfinity, primitive.RoundingBound([a, b], [], value));
    }

    [Fact]
    public void An_ulp_is_the_distance_to_the_next_double()
    {
        foreach (var x in (double[])[0, double.Epsilon, 1e-310, 2.2250738585072014e-308, 2.2250738585072009e-308, 5e-300, 1, -1.5, 0.9999999999999999, 1e300])
            Assert.Equal(Math.BitIncrement(Math.Abs(x)) - Math.Abs(x), RoundingError.Ulp(x));
        Assert.Equal(Math.ScaleB(1, 971), RoundingError.Ulp(double.MaxValue));
        Assert.Equal(double.NaN, RoundingError.Ulp(double.NegativeInfinity));
    }

    [Fact]
    public void A_quotient_that_rounds_up_to_an_integer_is_cut_too_late_and_says_so()
    {
        // 1 / (1/3 rounded up) is below 3 and rounds to 3.
        var third = Math.BitIncrement(1 / 3.0);
        var divide = Primitive.Find("intdiv")!;
        var (a, b) = (3 * third, third);
        foreach (var (dividend, divisor) in ((double, double)[])[(1, third), (0.9, 0.3), (a, b), (4.35, 0.01), (1.1, 0.1)])
        {
            var value = divide.Value([dividend, divisor], []);
            var exact = ExactValues.Of(divide, [dividend, divisor], []).ToDouble();
            Assert.Equal(value - exact, divide.LocalError([dividend, divisor], [], value));
            Assert.True(divide.RoundingBound([dividend, divisor], [], value) >= Math.Abs(value - exact));
        }
    }
}
