using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>Powers with one literal exponent, and functions computed together.</summary>
public sealed class LanePowerTests
{
    private static readonly double[] Exponents = [0, 1, 2, 3, 4, 5, 6, 7, 13, 31, 32, 33, -1, -2, -3, -5, -12, -32, 0.5, 1.5, 2.5, -0.5, -1.5, 0.1, 1.0 / 3, 100, -7.25];

    [Fact]
    public void Powers_are_within_2_ulps_of_the_exact_ones()
    {
        const int seed = 7;
        var random = new Random(seed);
        foreach (var exponent in Exponents)
        {
            for (var k = 0; k < 500; k++)
            {
                var a = Math.Exp(random.NextDouble() * 40 - 20) * (exponent == Math.Truncate(exponent) && random.Next(2) == 0 ? -1 : 1);
                var value = LaneMath.Pow(new LanesScalar(a), exponent).Value;
                var exact = DoubleDouble.Pow(a, exponent);
                if (!double.IsNormal(exact.High))
                    continue;
                var error = Math.Abs((exact - value).High) / (Math.BitIncrement(Math.Abs(exact.High)) - Math.Abs(exact.High));
                Assert.True(error <= 2, $"{a:R}^{exponent:R} = {value:R} is {error} ulps off; seed {seed}.");
            }
        }
    }

    [Fact]
    public void Powers_and_their_partials_of_special_bases_are_those_of_the_scalar_rule()
    {
        double[] bases = [0, -0.0, 1, -1, 2, -2, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e-300, -1e-300, 1e300, double.Epsilon, -0.5];
        foreach (var exponent in Exponents)
        {
            foreach (var a in bases)
            {
                var y = PowRule.Value(new LanesScalar(a), exponent);
                AssertSame(PowRule.Value(a, exponent), y.Value, $"{a:R}^{exponent:R}");
                AssertSame(PowRule.PartialA(a, exponent, PowRule.Value(a, exponent)), PowRule.PartialA(new LanesScalar(a), exponent, y).Value, $"∂ {a:R}^{exponent:R}");
            }
        }
    }

    [Fact]
    public void Sine_and_cosine_are_the_same_together_and_alone()
    {
        foreach (var x in new[] { 0, -0.0, 0.3, -2, 100, 1e9, 1e20, double.NaN, double.PositiveInfinity })
        {
            var sine = LaneMath.SinCos(new LanesScalar(x), out var cosine);
            Assert.Equal(LaneMath.Sin(new LanesScalar(x)).Value, sine.Value);
            Assert.Equal(LaneMath.Cos(new LanesScalar(x)).Value, cosine.Value);
        }
    }

    private static void AssertSame(double expected, double actual, string what) =>
        Assert.True(expected.Equals(actual) && double.IsNegative(expected) == double.IsNegative(actual) || double.IsNaN(expected) && double.IsNaN(actual)
            || double.IsFinite(expected) && expected != 0 && Math.Abs(actual / expected - 1) < 1e-15, $"{what}: {actual:R} in lanes, {expected:R} by the scalar rule.");
}
