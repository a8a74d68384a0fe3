using HybridAD.PropertyTests.Support;
using HybridAD.Rounding;
using HybridAD.Stability;
using HybridAD.Tests.Numerics;
using Xunit.Abstractions;

namespace HybridAD.StabilityTests.Points;

public class DerivativeTrustTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Derivatives_of_random_programs_are_within_their_bound(bool library)
    {
        var random = Seed.RandomFor($"trust {library}");
        var (cases, above, ratios) = (0, 0, new List<double>());
        while (cases < 1000 * Seed.Effort)
        {
            var program = RandomPrograms.Create(random, library);
            var x = RandomPrograms.Point(program, random);
            var input = random.Next(x.Length);
            if (Exact(program, x, input) is not { } exact)
                continue;
            var trust = DerivativeTrust.Of(program, x, 0, input);
            // First order holds where it is small.
            if (!double.IsFinite(trust.Value) || !double.IsFinite(trust.Bound) || trust.Bound > 1e-8 * Math.Abs(trust.Value))
                continue;
            cases++;
            var error = Math.Abs(((BigFloat)trust.Value - exact).ToDouble());
            if (error > 1e-25 * Math.Abs(trust.Value))
                ratios.Add(trust.Bound / error);
            if (error > trust.Bound + 1e-25 * Math.Abs(trust.Value))
            {
                above++;
                output.WriteLine($"derivative {trust.Value} error {error} bound {trust.Bound}");
            }
        }
        ratios.Sort();
        output.WriteLine($"{cases} derivatives, {above} above their bound, median bound/error {ratios[ratios.Count / 2]:F1}; seed {Seed.Value}");
        Assert.Equal(0, above);
    }

    [Fact]
    public void A_derivative_can_be_worse_than_its_value()
    {
        // Near its maximum sin(3x) has all digits; its derivative 3·cos(3x) is small and depends on the last digits of 3x.
        var sine = new RoundedProgram(AD.Trace(v => [Real.Sin(v[0] * 3)], [Math.PI / 6 - 1e-7]).Trace);
        var trust = DerivativeTrust.Of(sine, [Math.PI / 6 - 1e-7], 0, 0);
        Assert.InRange(trust.Digits, 7, 10);
        Assert.True(PointAnalysis.Of(sine, [Math.PI / 6 - 1e-7]).Outputs[0].Bound < 3e-16);
    }

    /// <summary>The central difference in 240 bits with a step of 2⁻⁶⁰, whose own error is far below a double's digits.</summary>
    private static BigFloat? Exact(RoundedProgram program, double[] x, int input)
    {
        BigFloat step = Math.ScaleB(1, -60);
        BigFloat[] point = [.. x.Select(value => (BigFloat)value)];
        var middle = point[input];
        point[input] = middle + step;
        var above = ExactEvaluation.Of(program, point);
        point[input] = middle - step;
        var below = ExactEvaluation.Of(program, point);
        if (above is null || below is null)
            return null;
        // Beside a huge value on the way not even 240 bits hold the step.
        var difference = above[^1] - below[^1];
        return above.Max(value => value.Magnitude) - difference.Magnitude > 140 ? null : difference / (2 * step);
    }
}
