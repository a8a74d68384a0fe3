using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Neighbours that add to neighbours: what one stream of a kernel adds to overlaps with what the next one does.</summary>
public sealed class OverlappingSumsTests
{
    [Theory]
    [InlineData(40, 3)]
    [InlineData(50, 12)]
    [InlineData(67, 20)]
    public void Every_tap_of_a_filter_counts(int numbers, int taps) => AssertAsInterpreted(x =>
    {
        Real sum = 0;
        for (var k = 0; k + taps <= numbers; k++)
        {
            Real filtered = 0;
            for (var tap = 0; tap < taps; tap++)
                filtered += x[k + tap] * x[numbers + tap];
            sum += Tanh(filtered);
        }
        return [sum, sum * sum];
    }, numbers + taps);

    [Theory]
    [InlineData(10, 3)]
    [InlineData(13, 4)]
    public void Every_tap_of_a_convolution_counts(int side, int taps) => AssertAsInterpreted(x =>
    {
        var sums = new Real[3];
        Array.Fill(sums, 0);
        for (var i = 0; i + taps <= side; i++)
            for (var j = 0; j + taps <= side; j++)
            {
                Real filtered = 0;
                for (var tap = 0; tap < taps * taps; tap++)
                    filtered += x[(i + tap / taps) * side + j + tap % taps] * x[side * side + tap];
                for (var k = 0; k < sums.Length; k++)
                    sums[k] += Sin((k + 1) * filtered);
            }
        return sums;
    }, side * side + taps * taps);

    [Fact]
    public void What_is_computed_once_adds_to_the_same_rows() => AssertAsInterpreted(x =>
    {
        Real sum = 0;
        for (var k = 0; k + 1 < 60; k++)
            sum += Sin(x[k] * x[k + 1]);
        return [sum + Exp(x[3] * x[4] + x[5]) / (2 + x[6] * x[7]), sum - Log(3 + x[0] * x[1]) * Cos(x[2] * x[3])];
    }, 60);

    private static void AssertAsInterpreted(Func<Real[], Real[]> function, int inputs)
    {
        var random = new Random(7);
        var x = Enumerable.Range(0, inputs).Select(_ => random.NextDouble() - 0.5).ToArray();
        var traced = AD.Trace(function, x);
        var compiled = traced.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled });
        Assert.True(compiled.IsCompiled);
        var (expected, actual) = (traced.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).Evaluate(x).Values, compiled.Evaluate(x).Values);
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], actual[k], 1e-12 * (1 + Math.Abs(expected[k])));
    }
}
