using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Theorems about bicolourings, and what must not happen with unusual patterns.</summary>
public class StarBicoloringTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(3000)]
    public void An_arrowhead_needs_three_directions_of_both_kinds(int n)
    {
        var bicoloring = StarBicoloring.BestOf(Patterns.Arrowhead(n));
        Assert.Equal(3, bicoloring.Count);
        Assert.True(bicoloring.IsOptimal);
        if (n is > 3 and <= 100)
        {
            Assert.InRange(bicoloring.ColumnColorCount, 1, 2);
            SlowCheckers.IsBicoloring(Patterns.Arrowhead(n), bicoloring);
        }
    }

    // A matrix that needs w directions, behind r full rows and c full columns: the columns with c + w directions, the full rows with r.
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 3, 4)]
    [InlineData(4, 1, 5)]
    [InlineData(0, 3, 2)]
    [InlineData(3, 0, 2)]
    public void A_border_adds_a_direction_for_each_of_its_lines(int fullRows, int fullColumns, int width)
    {
        foreach (var inner in (SparsityPattern[])[
            Patterns.BlockDiagonal([.. Enumerable.Repeat(width, 60 / width)]), Patterns.Banded(60, width - 1, 0), Patterns.Banded(60, width / 2, width - 1 - width / 2)])
            foreach (var seed in (int[])[1, 2])
            {
                var pattern = Patterns.Shuffled(Patterns.Bordered(inner, fullRows, fullColumns), new Random(seed));
                var bicoloring = StarBicoloring.BestOf(pattern);
                Assert.Equal(fullRows + fullColumns + width, bicoloring.Count);
                Assert.True(bicoloring.IsOptimal, bicoloring.ToString());
                SlowCheckers.IsBicoloring(pattern, bicoloring);
            }
    }

    [Theory]
    [InlineData(50, 0, 0)]
    [InlineData(50, 1, 1)]
    [InlineData(50, 3, 1)]
    [InlineData(50, 0, 7)]
    public void A_band_needs_its_width_whatever_the_directions(int n, int lower, int upper)
    {
        var bicoloring = StarBicoloring.BestOf(Patterns.Banded(n, lower, upper));
        Assert.Equal((lower + upper + 1, true), (bicoloring.Count, bicoloring.IsOptimal));
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3, 20)]
    [InlineData(20, 3)]
    public void A_full_matrix_needs_its_shorter_side(int rows, int columns)
    {
        var bicoloring = StarBicoloring.BestOf(Patterns.Dense(rows, columns));
        Assert.Equal((Math.Min(rows, columns), true), (bicoloring.Count, bicoloring.IsOptimal));
        SlowCheckers.IsBicoloring(Patterns.Dense(rows, columns), bicoloring);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(3, 4)]
    public void A_pattern_without_nonzeros_needs_no_direction(int rows, int columns) =>
        Assert.Equal(0, StarBicoloring.BestOf(Patterns.Empty(rows, columns)).Count);

    [Fact]
    public void Dear_reverse_directions_are_not_used()
    {
        var cheap = StarBicoloring.BestOf(Patterns.Arrowhead(50), columnWeight: 1, rowWeight: 40);
        Assert.Equal((2, 1), (cheap.ColumnColorCount, cheap.RowColorCount));
        var dear = StarBicoloring.BestOf(Patterns.Arrowhead(50), columnWeight: 1, rowWeight: 60);
        Assert.Equal((50, 0), (dear.ColumnColorCount, dear.RowColorCount));
        var rows = StarBicoloring.BestOf(Patterns.Arrowhead(50), columnWeight: 60, rowWeight: 1);
        Assert.Equal((0, 50), (rows.ColumnColorCount, rows.RowColorCount));
        var mostlyRows = StarBicoloring.BestOf(Patterns.Arrowhead(50), columnWeight: 5, rowWeight: 1);
        Assert.Equal((1, 2), (mostlyRows.ColumnColorCount, mostlyRows.RowColorCount));
    }

    [Fact]
    public void A_million_nonzeros_with_a_border_need_the_border_and_the_band()
    {
        var pattern = Patterns.Bordered(Patterns.Banded(200_000, 1, 1), 1, 1);
        var bicoloring = StarBicoloring.BestOf(pattern);
        Assert.Equal((5, true), (bicoloring.Count, bicoloring.IsOptimal));
    }

    [Fact]
    public void Without_a_budget_the_better_one_sided_coloring_is_left()
    {
        var bicoloring = StarBicoloring.BestOf(Patterns.Arrowhead(30), workBudget: 0);
        Assert.Equal((30, 0), (bicoloring.ColumnColorCount, bicoloring.RowColorCount));
        Assert.Equal("columns alone: natural", bicoloring.Order);
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => StarBicoloring.BestOf(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => StarBicoloring.BestOf(Patterns.Arrowhead(3), columnWeight: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => StarBicoloring.BestOf(Patterns.Arrowhead(3), rowWeight: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => StarBicoloring.BestOf(Patterns.Arrowhead(3), workBudget: -1));
    }
}
