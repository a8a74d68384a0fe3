using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Lanes;
using HybridAD.Numerics;
using HybridAD.Primitives;

namespace HybridAD.Tests.Kernels;

/// <summary>Powers with a literal exponent, which kernels write as products and roots where that is a few operations.</summary>
public sealed class LiteralPowerTests
{
    private const int Seed = 11;

    private static readonly double[] s_exponents =
        [0, 1, 2, 3, 4, -1, -2, 0.5, -0.5, 1.5, -1.5, 2.5, 3.5, 0.25, -0.25, 0.75, 1.25, 1.75, 1.0 / 3, 0.3, -7, 12, 1e-20, double.BitIncrement(1.25)];

    private static readonly double[] s_special =
        [0, -0.0, 1, -1, 2, -2, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e-300, -1e-300, 1e300, -1e300, double.Epsilon, -double.Epsilon, double.MaxValue, 1e206];

    private static double[] Points()
    {
        var random = new Random(Seed);
        return [.. s_special, .. Enumerable.Range(0, 239).Select(_ => Math.Exp(random.NextDouble() * 1400 - 700))];
    }

    /// <summary>A value and its partial derivative.</summary>
    private static KernelCode CodeOf(double exponent)
    {
        var builder = new KernelCodeBuilder(1);
        var (a, b) = (builder.Load(0), builder.Literal(exponent));
        var y = builder.Value(Op.Pow, a, b);
        builder.Store(y);
        builder.Store(builder.Partial(Op.Pow, 0, a, b, y));
        return builder.Build();
    }

    private static IEnumerable<(string Name, ChunkKernel Run)> Kernels(KernelCode code)
    {
        KernelStream[] streams = [new(Addressing.Regular, 1, 1, Space.Point), new(Addressing.Regular, 2, 2, Space.Result), new(Addressing.Regular, 2, 0, Space.Result)];
        foreach (var lanes in (int[])[2, 4, 8])
            yield return ($"{lanes} lanes", KernelCompiler.Compile(code, streams, new KernelOptions(false, lanes)));
        yield return ("interpreted", KernelCompiler.Interpret(code, streams, KernelOptions.Default));
    }

    [Fact]
    public void Kernels_compute_short_powers_to_the_bits_of_the_function_for_lanes()
    {
        var points = Points();
        foreach (var exponent in s_exponents)
            foreach (var (name, run) in Kernels(CodeOf(exponent)))
            {
                double[] memory = [0], result = new double[2 * points.Length];
                int[] data = [3, 4, 5, 0, 0, 1];
                run(ref memory[0], in points[0], ref result[0], ref data[0], 0, points.Length / 8);
                for (var k = 0; k < points.Length; k++)
                    AssertPower(points[k], exponent, result[2 * k], result[2 * k + 1], name);
            }
    }

    [Fact]
    public void Code_of_one_instance_computes_the_same()
    {
        var points = Points();
        foreach (var exponent in s_exponents)
        {
            var line = new StraightLineCode(CodeOf(exponent), [new(Space.Point, 0)], [new(Space.Result, 0), new(Space.Result, 1)]);
            var run = KernelCompiler.CompileStraightLine(line, isStrict: false);
            foreach (var point in points)
            {
                var result = new double[2];
                run(ref result[0], in point, ref result[0]);
                AssertPower(point, exponent, result[0], result[1], "one instance");
            }
        }
    }

    [Fact]
    public void Strict_code_computes_the_scalar_power()
    {
        foreach (var exponent in s_exponents)
        {
            var line = new StraightLineCode(CodeOf(exponent), [new(Space.Point, 0)], [new(Space.Result, 0), new(Space.Result, 1)]);
            var run = KernelCompiler.CompileStraightLine(line, isStrict: true);
            foreach (var point in Points())
            {
                var result = new double[2];
                run(ref result[0], in point, ref result[0]);
                Assert.Equal(Math.Pow(point, exponent), result[0]);
                Assert.Equal(PowRule.PartialA(point, exponent, result[0]), result[1]);
            }
        }
    }

    [Fact]
    public void Short_powers_are_within_2_ulps_of_the_exact_ones()
    {
        var random = new Random(Seed);
        foreach (var exponent in s_exponents.Where(LaneMath.IsShortPower))
            for (var k = 0; k < 100_000; k++)
            {
                var a = Math.Exp(random.NextDouble() * 1400 - 700);
                var exact = DoubleDouble.Pow(a, exponent);
                if (!double.IsNormal(exact.High) || double.IsInfinity(exact.High))
                    continue;
                AssertWithin2Ulps(a, exponent, exact);
            }
    }

    /// <summary>Where products and roots in another order are more than 2 ulps off.</summary>
    [Theory]
    [InlineData(1.7382293817448413, 2.5)]
    [InlineData(1.5879069737970366, -1.5)]
    public void The_order_of_products_and_roots_keeps_2_ulps(double a, double exponent) => AssertWithin2Ulps(a, exponent, DoubleDouble.Pow(a, exponent));

    private static void AssertWithin2Ulps(double a, double exponent, DoubleDouble exact)
    {
        var value = LaneMath.Pow(new LanesScalar(a), exponent).Value;
        var error = Math.Abs((exact - value).High) / (Math.BitIncrement(Math.Abs(exact.High)) - Math.Abs(exact.High));
        Assert.True(error <= 2, $"{a:R}^{exponent:R} = {value:R} is {error} ulps off; seed {Seed}.");
    }

    private static void AssertPower(double a, double exponent, double value, double partial, string where)
    {
        var y = Math.Pow(a, exponent);
        AssertPower(LaneMath.IsShortPower(exponent), LaneMath.Pow(new LanesScalar(a), exponent).Value, y, value, $"{a:R}^{exponent:R}, {where}");
        AssertPower(false, PowRule.PartialA(new LanesScalar(a), exponent, new LanesScalar(y)).Value, PowRule.PartialA(a, exponent, y), partial, $"∂ {a:R}^{exponent:R}, {where}");
    }

    /// <summary>The bits of lanes, where they are the same, and to a few ulps, with its special values, what the scalar rule says.</summary>
    private static void AssertPower(bool isSame, double lanes, double rule, double actual, string what)
    {
        Assert.True(!isSame || BitConverter.DoubleToInt64Bits(lanes) == BitConverter.DoubleToInt64Bits(actual) || double.IsNaN(lanes) && double.IsNaN(actual),
            $"{what}: {actual:R} in a kernel, {lanes:R} in lanes; seed {Seed}.");
        Assert.True(rule.Equals(actual) && (rule != 0 || double.IsNegative(rule) == double.IsNegative(actual)) || Math.Abs(actual - rule) <= 2e-15 * Math.Abs(rule) + 4 * double.Epsilon,
            $"{what}: {actual:R} in a kernel, {rule:R} by the scalar rule; seed {Seed}.");
    }
}
