using HybridAD.Rounding;

namespace HybridAD.StabilityTests;

public class NumberFormatTests
{
    [Fact]
    public void Rounding_to_binary32_and_binary16_is_that_of_float_and_Half()
    {
        var random = new Random(20261126);
        for (var k = 0; k < 100_000; k++)
        {
            var x = (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-160, 140));
            Assert.Equal((float)x, NumberFormat.Binary32.Round(x));
            var y = (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-30, 20));
            Assert.Equal((double)(Half)y, NumberFormat.Binary16.Round(y));
        }
    }

    [Theory]
    [InlineData(3.4028235677973366e38, double.PositiveInfinity)]
    [InlineData(-3.4028235677973366e38, double.NegativeInfinity)]
    [InlineData(3.4028235677973362e38, 3.4028234663852886e38)]
    [InlineData(7.006492321624085e-46, 0)]
    [InlineData(-0.0, -0.0)]
    public void Ends_of_the_range_of_binary32(double x, double rounded) => Assert.Equal(rounded, NumberFormat.Binary32.Round(x));

    [Fact]
    public void An_ulp_is_the_distance_to_the_next_number_away_from_zero()
    {
        foreach (var x in new[] { 1.0, 1.5, -1.9999999999999998, 4.9e-324, 1e-310, 2.2250738585072014e-308, 1e300 })
            Assert.Equal(Math.BitIncrement(Math.Abs(x)) - Math.Abs(x), NumberFormat.Binary64.Ulp(x));
    }
}
