using System.Numerics;
using HybridAD.Formats.FpCore;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Literals are exact numbers that are rounded once, and what the rounding did is known.</summary>
public class LiteralTests
{
    [Theory]
    [InlineData("0.1", 0.1, 5.551115123125783e-18)]
    [InlineData("+1e-1", 0.1, 5.551115123125783e-18)]
    [InlineData("1/10", 0.1, 5.551115123125783e-18)]
    [InlineData("-1/3", -1.0 / 3, 1.850371707708594e-17)]
    [InlineData(".5", 0.5, 0)]
    [InlineData("42.7e-6", 42.7e-6, 1.138238808762182e-21)]
    [InlineData("0x1.8p-3", 0.1875, 0)]
    [InlineData("-0x.8", -0.5, 0)]
    [InlineData("0xff", 255, 0)]
    [InlineData("(digits 3 -2 10)", 0.03, -1.1102230246251565e-18)]
    [InlineData("(digits 3.0 6/2 2)", 24, 0)]
    [InlineData("9007199254740993", 9007199254740992, -1)]
    [InlineData("9007199254740995", 9007199254740996, 1)]
    [InlineData("1e400", double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData("3e-324", 4.94065645841246544e-324, 0)]
    [InlineData("2e-324", 0, 0)]
    [InlineData("-0.0", -0.0, 0)]
    [InlineData("PI", Math.PI, -1.2246467991473532e-16)]
    [InlineData("E", Math.E, -1.4456468917292502e-16)]
    [InlineData("INFINITY", double.PositiveInfinity, 0)]
    [InlineData("NAN", double.NaN, 0)]
    public void ALiteralIsTheNearestNumber(string text, double value, double residual)
    {
        var program = FpCoreReader.Parse($"(FPCore () {text})", "in").Cores[0].TraceAt([]);
        var node = program.Trace.Outputs[0];
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(program.Trace.ConstantOf(node)));
        if (double.IsNormal(residual) || residual == 0)
            Assert.True(Math.Abs(program.LiteralErrors.GetValueOrDefault(node) - residual) <= 1e-12 * Math.Abs(residual) + 5e-324, $"{program.LiteralErrors.GetValueOrDefault(node):R}");
    }

    [Theory]
    [InlineData("binary32", 0.1f, 1.490116119384765625e-9)]
    [InlineData("binary16", 0.0999755859375, -2.44140625e-5)]
    [InlineData("bfloat16", 0.10009765625, 9.765625e-5)]
    [InlineData("(float 8 16)", 0.10009765625, 9.765625e-5)]
    public void ALiteralIsRoundedToTheFormatOfItsContext(string format, double value, double residual)
    {
        var program = FpCoreReader.Parse($"(FPCore () :precision {format} 0.1)", "in").Cores[0].TraceAt([]);
        Assert.Equal(value, program.Trace.ConstantOf(program.Trace.Outputs[0]));
        Assert.Equal(residual, program.LiteralErrors[program.Trace.Outputs[0]], 1e-18);
    }

    [Fact]
    public void RandomDecimalsAreRoundedAsTheRuntimeRoundsThem()
    {
        var random = new Random(4711);
        for (var k = 0; k < 2000; k++)
        {
            var text = $"{random.NextInt64()}{random.NextInt64()}e{random.Next(-360, 290)}";
            var doubled = FpCoreReader.Parse($"(FPCore () {text})", "in").Cores[0].TraceAt([]).Trace;
            Assert.Equal(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture), doubled.ConstantOf(doubled.Outputs[0]));
            var single = FpCoreReader.Parse($"(FPCore () :precision binary32 {text})", "in").Cores[0].TraceAt([]).Trace;
            Assert.Equal(float.Parse(text, System.Globalization.CultureInfo.InvariantCulture), single.ConstantOf(single.Outputs[0]));
        }
    }

    [Fact]
    public void RandomRatiosAreNearestAndTheirResidualIsRight()
    {
        var random = new Random(815);
        for (var k = 0; k < 500; k++)
        {
            var (p, q) = (random.NextInt64(), random.NextInt64(1, long.MaxValue));
            var program = FpCoreReader.Parse($"(FPCore () {p}/{q})", "in").Cores[0].TraceAt([]);
            var node = program.Trace.Outputs[0];
            // value − p/q, scaled by 2^80 and q, is an integer.
            var value = new BigInteger(Math.ScaleB(program.Trace.ConstantOf(node), 80));
            var residual = (double)(value * q - ((BigInteger)p << 80)) / (double)q * Math.ScaleB(1, -80);
            Assert.Equal(residual, program.LiteralErrors.GetValueOrDefault(node), 1e-12 * Math.Abs(residual));
        }
    }

    [Fact]
    public void EqualLiteralsAreOneNode()
    {
        var trace = FpCoreReader.Parse("(FPCore (x) (+ (* 0.1 x) (* 0.1 (* 2 (* x 2)))))", "in").Cores[0].TraceAt([1]);
        Assert.Equal(2, Enumerable.Range(0, trace.Trace.NodeCount).Count(trace.Trace.IsConstant));
        Assert.Single(trace.LiteralErrors);
    }
}
