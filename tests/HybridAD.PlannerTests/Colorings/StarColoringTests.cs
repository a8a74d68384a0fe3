using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Theorems about star colourings, and what must not happen with unusual patterns.</summary>
public class StarColoringTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(200, 3)]
    public void A_tridiagonal_Hessian_needs_the_star_number_of_a_path(int n, int expected)
    {
        var pattern = Patterns.Banded(n, 1, 1);
        Assert.All(VertexOrders.All, order => Assert.InRange(StarColoring.Greedy(pattern, order).Coloring.Count, expected, 3));
        var best = StarColoring.BestOf(pattern);
        Assert.Equal(expected, best.Coloring.Count);
        Assert.True(best.Coloring.IsOptimal);
        if (n <= 10)
            SlowCheckers.IsStarColoring(pattern, best.Coloring);
    }

    [Fact]
    public void An_arrowhead_needs_two_colors_where_its_columns_need_n()
    {
        var pattern = Patterns.Arrowhead(30);
        var hessian = StarColoring.BestOf(pattern);
        Assert.Equal(2, hessian.Coloring.Count);
        Assert.Equal(30, ColumnColoring.BestOf(pattern).Count);
        SlowCheckers.RecoversSymmetric(hessian, new Random(1));
    }

    [Fact]
    public void A_dense_Hessian_needs_a_color_for_each_variable() => Assert.Equal(25, StarColoring.BestOf(Patterns.Dense(25, 25)).Coloring.Count);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(17)]
    public void A_dense_Hessian_has_the_colors_that_are_found_one_by_one(int size)
    {
        var (known, found) = (StarColoring.BestOf(Patterns.Dense(size, size)), StarColoring.Greedy(Patterns.Dense(size, size), VertexOrders.All[0]));
        Assert.Equal(found.Coloring.Colors.ToArray(), known.Coloring.Colors.ToArray());
        Assert.Equal(found.SourceRows.ToArray(), known.SourceRows.ToArray());
        Assert.Equal(found.SourceColors.ToArray(), known.SourceColors.ToArray());
        Assert.Equal((found.Coloring.Count, found.Coloring.LowerBound, found.Coloring.Order), (known.Coloring.Count, known.Coloring.LowerBound, known.Coloring.Order));
    }

    [Fact]
    public void A_diagonal_Hessian_needs_one_color() => Assert.Equal(1, StarColoring.BestOf(Patterns.Banded(25, 0, 0)).Coloring.Count);

    [Fact]
    public void Variables_without_a_nonzero_need_no_seed()
    {
        var hessian = StarColoring.BestOf(Patterns.Of(4, 4, i => i switch { 0 => [2], 2 => [0], 3 => [3], _ => [] }));
        Assert.Equal([0, -1, 1, 0], hessian.Coloring.Colors.ToArray());
        SlowCheckers.RecoversSymmetric(hessian, new Random(1));
    }

    [Fact]
    public void A_Hessian_without_nonzeros_needs_no_color()
    {
        Assert.Equal(0, StarColoring.BestOf(Patterns.Empty(0, 0)).Coloring.Count);
        Assert.Equal(0, StarColoring.BestOf(Patterns.Empty(6, 6)).Coloring.Count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public void A_grid_needs_at_most_five_colors(int size)
    {
        var pattern = Patterns.Bratu(size);
        var hessian = StarColoring.BestOf(pattern);
        Assert.InRange(hessian.Coloring.Count, 3, 5);
        if (size == 8)
        {
            SlowCheckers.IsStarColoring(pattern, hessian.Coloring);
            SlowCheckers.RecoversSymmetric(hessian, new Random(2));
        }
    }

    [Fact]
    public void A_star_coloring_has_no_more_colors_than_the_columns_of_a_full_diagonal()
    {
        var cyclic = Patterns.CyclicBand(200, 6, 6);
        var hessian = StarColoring.BestOf(cyclic);
        Assert.True(hessian.Coloring.Count <= ColumnColoring.BestOf(cyclic).Count, hessian.Coloring.ToString());
        SlowCheckers.IsStarColoring(cyclic, hessian.Coloring);
        SlowCheckers.RecoversSymmetric(hessian, new Random(3));
    }

    [Fact]
    public void Colors_adopted_from_the_columns_recover_H_too()
    {
        var periodic = Patterns.Brusselator(8);
        var hessian = StarColoring.BestOf(periodic);
        SlowCheckers.IsStarColoring(periodic, hessian.Coloring);
        SlowCheckers.RecoversSymmetric(hessian, new Random(4));
    }

    [Fact]
    public void Both_triangles_read_one_source()
    {
        var hessian = StarColoring.BestOf(Patterns.Bratu(5));
        var sources = new Dictionary<(int, int), (int, int)>();
        for (var i = 0; i < 25; i++)
        {
            for (var k = hessian.Pattern.RowStarts[i]; k < hessian.Pattern.RowStarts[i + 1]; k++)
                sources[(i, hessian.Pattern.Columns[k])] = (hessian.SourceRows[k], hessian.SourceColors[k]);
        }
        Assert.All(sources, entry => Assert.Equal(entry.Value, sources[(entry.Key.Item2, entry.Key.Item1)]));
    }

    [Fact]
    public void A_pattern_that_is_not_square_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => StarColoring.BestOf(Patterns.Dense(2, 3)));
        Assert.Contains("The pattern has 2 rows and 3 columns; a star colouring needs a square symmetric one.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void A_pattern_that_is_not_symmetric_is_refused(int row, int column)
    {
        var pattern = Patterns.Of(4, 4, i => i == row ? [i, column] : [i]);
        var error = Assert.Throws<ArgumentException>(() => StarColoring.Greedy(pattern, new NaturalOrder()));
        Assert.Contains($"The pattern has ({row}, {column}) but not ({column}, {row})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => StarColoring.Greedy(null!, new NaturalOrder()));
        Assert.Throws<ArgumentNullException>(() => StarColoring.Greedy(Patterns.Bratu(2), null!));
        Assert.Throws<ArgumentNullException>(() => StarColoring.BestOf(null!));
    }
}
