using System.Globalization;
using System.Text;
using HybridAD.Formats.Nl;

namespace HybridAD.FormatTests.Nl;

/// <summary>Numbers in text are correctly rounded, whichever path they take.</summary>
public class NlNumberTests
{
    [Fact]
    public void RandomNumbersReadAsTheRuntimeReadsThem()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 100; trial++)
        {
            var texts = Enumerable.Range(0, 500).Select(_ => Draw(random)).ToArray();
            AssertSame(texts, texts.Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray());
        }
    }

    [Fact]
    public void SpellingsOfCAreUnderstood() => AssertSame(
        ["inf", "-Infinity", "INF", "nan", "-nan", "+3", "-0", ".5", "-.5", "5.", "1e+20", "1E-7", "1e400", "-1e400", "1e-400", "9007199254740993", "0.1e1"],
        [double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, double.NaN, double.NaN, 3, -0.0, 0.5, -0.5, 5, 1e20, 1e-7,
            double.PositiveInfinity, double.NegativeInfinity, 0, 9007199254740992, 1]);

    [Fact]
    public void HexadecimalNumbersAreUnderstood() => AssertSame(
        ["0x10", "-0X1.8P-3", "0x.8", "0x1.p+4", "-0x0", "0x1.00000000000008p0", "0x1.00000000000018p0", "0x1p-1074", "0x1p-1076", "0x1p1024"],
        [16, -0.1875, 0.5, 16, -0.0, 1, 1.0000000000000004, double.Epsilon, 0, double.PositiveInfinity]);

    /// <summary>Neither length nor exponent is limited: what is too large for a double is ∞, what is too small is 0.</summary>
    [Fact]
    public void NumbersOfAnySizeAreUnderstood() => AssertSame(
        ["0x1p2147483647", "-0x1p99999999999999999999", "0x1p-2147483648", "0x1p-2000000", "-0x1p-2147483649", "1e2147483648", "1e-2147483648", "1e-99999999999999999999",
            $"0x1{new string('0', 6000)}p-24000", $"0x0.{new string('0', 6000)}1p24004", $"0x1.8{new string('0', 6000)}", $"0x1.00000000000008{new string('0', 6000)}1"],
        [double.PositiveInfinity, double.NegativeInfinity, 0, 0, -0.0, double.PositiveInfinity, 0, 0, 1, 1, 1.5, 1.0000000000000002]);

    [Fact]
    public void HexadecimalNumbersAreRoundedToTheNearestEven() => AssertSame(
        ["0x1p-1075", "0x1.0000000001p-1075", "0x1.8p-1074", "0x2.8p-1074", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "0x0.fffffffffffff8p-1022", "0x0.fffffffffffff7p-1022",
            "0x20000000000001", "0x20000000000003", "0x1.00000000000008000001", "0xffffffffffffffff"],
        [0, double.Epsilon, 2 * double.Epsilon, 2 * double.Epsilon, double.PositiveInfinity, double.MaxValue, 2.2250738585072014e-308, 2.225073858507201e-308,
            9007199254740992, 9007199254740996, 1.0000000000000002, 18446744073709551616.0]);

    [Theory]
    [InlineData("0x.")]
    [InlineData("0x1.2.3")]
    [InlineData("0x1p+")]
    [InlineData("0x1p1.5")]
    [InlineData("0x1g")]
    [InlineData("1,5")]
    [InlineData("0x")]
    [InlineData("0x1p")]
    [InlineData("0y1")]
    [InlineData("1/2")]
    [InlineData("1.5.2")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("e5")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("1d5")]
    [InlineData("∞")]
    [InlineData("(1)")]
    [InlineData("1 2")]
    public void OtherTextIsNoNumber(string text) => Assert.Throws<NlFormatException>(() => Read([text]));

    private static void AssertSame(string[] texts, double[] expected)
    {
        var actual = Read(texts);
        for (var k = 0; k < texts.Length; k++)
            Assert.True(BitConverter.DoubleToInt64Bits(expected[k]) == BitConverter.DoubleToInt64Bits(actual[k]) || (double.IsNaN(expected[k]) && double.IsNaN(actual[k])),
                $"'{texts[k]}' was read as {actual[k]:R}, not {expected[k]:R}");
    }

    private static double[] Read(string[] texts)
    {
        var n = texts.Length;
        var file = new StringBuilder($"g3\n{n} 0 0\n0 0\n0 0\n0 0\n0 0\n0 0\n0 0\n0 0\n0 0\nx{n}\n");
        for (var k = 0; k < n; k++)
            file.Append(CultureInfo.InvariantCulture, $"{k} {texts[k]}\n");
        file.Append("b\n").Insert(file.Length, "3\n", n);
        return [.. NlReader.Read(Encoding.UTF8.GetBytes(file.ToString())).Start];
    }

    private static string Draw(Random random)
    {
        var bits = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        var value = random.Next(4) switch
        {
            0 when double.IsFinite(bits) => bits,
            1 => random.Next(-1000, 1000) / 100.0,
            2 => random.NextDouble(),
            _ => random.NextInt64(-(1L << 60), 1L << 60) * Math.Pow(10, random.Next(-25, 5)),
        };
        var format = random.Next(4) switch { 0 => "R", 1 => "E" + random.Next(20), 2 => "G" + random.Next(1, 25), _ => Math.Abs(value) is < 1e15 and > 1e-10 or 0 ? "F" + random.Next(20) : "R" };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
