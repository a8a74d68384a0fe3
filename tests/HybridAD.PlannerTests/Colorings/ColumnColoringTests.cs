using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Theorems about column colourings, and what must not happen with unusual patterns.</summary>
public class ColumnColoringTests
{
    [Theory]
    [InlineData(50, 0, 0)]
    [InlineData(50, 1, 1)]
    [InlineData(50, 3, 1)]
    [InlineData(50, 0, 7)]
    [InlineData(7, 3, 3)]
    public void A_band_of_width_w_needs_w_colors_in_natural_order(int n, int lower, int upper)
    {
        var pattern = Patterns.Banded(n, lower, upper);
        var coloring = ColumnColoring.Greedy(pattern, new NaturalOrder());
        Assert.Equal(lower + upper + 1, coloring.Count);
        Assert.True(coloring.IsOptimal);
        SlowCheckers.IsColumnColoring(pattern, coloring);
    }

    [Fact]
    public void A_full_row_needs_a_color_for_each_column()
    {
        var coloring = ColumnColoring.BestOf(Patterns.Arrowhead(100));
        Assert.Equal(100, coloring.Count);
        Assert.Equal("natural", coloring.Order);
    }

    [Fact]
    public void A_block_diagonal_needs_the_width_of_its_widest_block()
    {
        var pattern = Patterns.BlockDiagonal(3, 1, 8, 5, 2);
        var coloring = ColumnColoring.BestOf(pattern);
        Assert.Equal(8, coloring.Count);
        SlowCheckers.IsColumnColoring(pattern, coloring);
    }

    [Fact]
    public void Columns_that_share_no_row_need_one_color() => Assert.Equal(1, ColumnColoring.BestOf(Patterns.Banded(9, 0, 0)).Count);

    [Fact]
    public void Empty_columns_need_no_seed()
    {
        var coloring = ColumnColoring.BestOf(Patterns.Of(2, 4, i => [2 * i]));
        Assert.Equal([0, -1, 0, -1], coloring.Colors.ToArray());
        Assert.Equal(1, coloring.Count);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(3, 4)]
    public void A_pattern_without_nonzeros_needs_no_color(int rows, int columns)
    {
        var pattern = Patterns.Empty(rows, columns);
        Assert.Equal(0, ColumnColoring.BestOf(pattern).Count);
        Assert.Equal(0, RowColoring.BestOf(pattern).Count);
        Assert.All(VertexOrders.All, order => Assert.Equal(0, ColumnColoring.Greedy(pattern, order).Count));
    }

    [Fact]
    public void A_row_coloring_of_an_arrowhead_border_uses_one_color_where_columns_need_many()
    {
        var wide = Patterns.Dense(1, 40);
        Assert.Equal(40, ColumnColoring.BestOf(wide).Count);
        Assert.Equal(1, RowColoring.BestOf(wide).Count);
    }

    [Fact]
    public void Of_two_orders_with_the_same_count_the_first_is_kept() =>
        Assert.Equal("natural", ColumnColoring.BestOf(Patterns.CyclicBand(40, 8, 4)).Order);

    [Fact]
    public void A_spent_budget_still_gives_the_natural_coloring()
    {
        var coloring = ColumnColoring.BestOf(Patterns.Bratu(16), workBudget: 0);
        Assert.Equal("natural", coloring.Order);
        SlowCheckers.IsColumnColoring(Patterns.Bratu(16), coloring);
    }

    [Fact]
    public void A_negative_budget_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ColumnColoring.BestOf(Patterns.Bratu(4), workBudget: -3));
        Assert.Contains("The work budget is -3 visited entries; it must be at least 0.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_that_skips_a_column_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ColumnColoring.Greedy(Patterns.Bratu(2), new FixedOrder([0, 1, 2])));
        Assert.Contains("Vertex order 'fixed' has 3 entries for 4 vertices", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => ColumnColoring.Greedy(Patterns.Bratu(2), new FixedOrder([0, 1, 1, 3])));
        Assert.Contains("Vertex order 'fixed' repeats or leaves the range with 1; return each of 0 .. 3 once.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => ColumnColoring.Greedy((SparsityPattern)null!, new NaturalOrder()));
        Assert.Throws<ArgumentNullException>(() => ColumnColoring.Greedy(Patterns.Bratu(2), null!));
        Assert.Throws<ArgumentNullException>(() => ColumnColoring.BestOf(null!));
        Assert.Throws<ArgumentNullException>(() => RowColoring.BestOf(null!));
    }

    private sealed class FixedOrder(int[] order) : IVertexOrder
    {
        public string Name => "fixed";

        public int[] Arrange(ColumnIntersection graph) => order;
    }
}
