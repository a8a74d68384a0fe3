using HybridAD.Formats.MatrixMarket;

namespace HybridAD.FormatTests;

public class MatrixMarketTests
{
    private static readonly SparsityPattern Pattern = new(2, 3, [0, 2, 3], [0, 2, 1]);

    [Fact]
    public void PositionsAreOneBasedAndNumbersRoundTrip()
    {
        using var writer = new StringWriter();
        MatrixMarketWriter.Write(writer, Pattern, [1 / 3.0, double.NaN, -1.7976931348623157e308], "Jacobian\nat x0");
        Assert.Equal("%%MatrixMarket matrix coordinate real general\n% Jacobian\n% at x0\n2 3 3\n1 1 0.3333333333333333\n1 3 NaN\n2 2 -1.7976931348623157E+308\n", writer.ToString());
    }

    [Fact]
    public void AValuePerPositionIsNeeded() =>
        Assert.StartsWith("'values' has 2 elements but 3 are needed (one per position of the pattern). [HAD1001]",
            Assert.Throws<HybridAdArgumentException>(() => MatrixMarketWriter.Write(TextWriter.Null, Pattern, [1, 2])).Message, StringComparison.Ordinal);
}
