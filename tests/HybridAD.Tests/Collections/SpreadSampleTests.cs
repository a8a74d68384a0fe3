using HybridAD.Collections;

namespace HybridAD.Tests.Collections;

public sealed class SpreadSampleTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 16)]
    [InlineData(1000, 64)]
    [InlineData(int.MaxValue, 64)]
    public void Samples_are_numbers_below_the_count_and_hardly_any_comes_twice(int count, int most)
    {
        int[] sample = [.. SpreadSample.Of(count, most)];
        Assert.Equal(Math.Min(count, most), sample.Length);
        Assert.InRange(sample.Distinct().Count(), count <= most ? count : 3 * most / 4, count);
        Assert.All(sample, number => Assert.InRange(number, 0, count - 1));
        Assert.InRange(SpreadSample.One(count), 0, count - 1);
    }

    [Fact]
    public void Few_cells_of_a_sample_are_at_the_boundary_of_a_grid()
    {
        for (var side = 8; side <= 1024; side++)
        {
            var atBoundary = SpreadSample.Of(side * side, 64).Count(cell => cell % side == 0 || cell % side == side - 1);
            Assert.True(atBoundary <= 24, $"{atBoundary} of 64 cells are at the boundary of a grid of side {side}");
        }
    }
}
