using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Patterns of well-known problems, whose number of products decides how fast their Jacobian is.</summary>
public class NamedPatternTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(100)]
    public void Bratu_needs_the_five_colors_of_its_stencil(int size)
    {
        var pattern = Patterns.Bratu(size);
        var coloring = ColumnColoring.BestOf(pattern);
        Assert.Equal(Math.Min(5, size * size), coloring.Count);
        if (size <= 10)
            SlowCheckers.IsColumnColoring(pattern, coloring);
    }

    // Lorenz-96 couples i-2, i-1, i, i+1; a Runge-Kutta step of four stages couples i-8 .. i+4.
    [Theory]
    [InlineData(40)]
    [InlineData(1000)]
    public void Lorenz96_with_a_Runge_Kutta_step_needs_14_colors(int n) => Assert.Equal(14, ColumnColoring.BestOf(Patterns.CyclicBand(n, 8, 4)).Count);

    [Theory]
    [InlineData(20, 5)]
    [InlineData(21, 5)]
    [InlineData(23, 5)]
    [InlineData(97, 7)]
    [InlineData(100, 7)]
    [InlineData(998, 13)]
    [InlineData(25, 13)]
    public void A_cyclic_band_reaches_the_chromatic_number_of_a_power_of_a_cycle(int n, int width)
    {
        int q = n / width, r = n % width;
        var pattern = Patterns.CyclicBand(n, width / 2, width - 1 - width / 2);
        var coloring = ColumnColoring.BestOf(pattern);
        Assert.Equal(width + (r + q - 1) / q, coloring.Count);
        if (n <= 100)
            SlowCheckers.IsColumnColoring(pattern, coloring);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(32)]
    [InlineData(128)]
    public void A_periodic_Brusselator_needs_at_most_12_colors(int size)
    {
        var coloring = ColumnColoring.BestOf(Patterns.Brusselator(size));
        Assert.InRange(coloring.Count, 6, 12);
    }

    [Fact]
    public void A_small_periodic_Brusselator_is_colored_validly()
    {
        var pattern = Patterns.Brusselator(6);
        SlowCheckers.IsColumnColoring(pattern, ColumnColoring.BestOf(pattern));
    }
}
