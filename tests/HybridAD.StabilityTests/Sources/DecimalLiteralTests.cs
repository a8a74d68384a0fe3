using System.Globalization;
using HybridAD.Rounding;

namespace HybridAD.StabilityTests.Sources;

/// <summary>The error of a literal is the double minus the decimal number that it stands for.</summary>
public class DecimalLiteralTests
{
    [Theory]
    [InlineData(0.1, 5.551115123125783e-18)]
    [InlineData(-0.1, -5.551115123125783e-18)]
    [InlineData(0.5, 0)]
    [InlineData(3, 0)]
    [InlineData(1e23, -8388608)]
    [InlineData(4.9406564584124654e-324, -5.9343541587534593e-326)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(-0.0, 0)]
    public void Known_errors(double stored, double error) => Assert.Equal(error, DecimalLiterals.ErrorOf(stored));

    [Fact]
    public void The_error_is_that_of_decimal_arithmetic_where_that_is_exact()
    {
        var random = new Random(20261126);
        for (var k = 0; k < 1000; k++)
        {
            // Few bits below the point, so that System.Decimal has the exact value of the float; and it has all digits that are written.
            var stored = (double)(float)(random.Next(1, 1 << 20) / 1000.0);
            var exact = Exact(stored);
            var written = decimal.Parse(stored.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            Assert.Equal((double)(exact - written), DecimalLiterals.ErrorOf(stored), Math.Abs(stored) * 1e-26);
        }
    }

    [Fact]
    public void Every_literal_of_a_trace_gets_its_error_and_known_ones_are_kept()
    {
        var program = AD.Trace(x => 0.1 * x[0] + 0.5 * x[0] + 0.1, [1.0]).Program;
        Assert.Empty(program.LiteralErrors);
        var literals = Enumerable.Range(0, program.Trace.NodeCount).Where(node => program.Trace.IsConstant(node) && program.Trace.ConstantOf(node) == 0.1).ToArray();
        Assert.Equal(literals, program.WithLiteralsAsWritten().LiteralErrors.Keys.Order());
        var stated = program with { LiteralErrors = new Dictionary<int, double> { [literals[0]] = 0.25 } };
        Assert.Equal(0.25, stated.WithLiteralsAsWritten().LiteralErrors[literals[0]]);
    }

    private static decimal Exact(double stored)
    {
        var result = (decimal)(long)stored;
        var (rest, bit) = (stored - (long)stored, 0.5m);
        for (; rest != 0; rest = 2 * rest - Math.Truncate(2 * rest), bit /= 2)
            if (rest >= 0.5)
                result += bit;
        return result;
    }
}
