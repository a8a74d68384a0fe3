using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Long rows take another path through the greedy colouring: same colours, no quadratic cost.</summary>
public class LongRowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Several_overlapping_long_rows_are_colored_validly_in_every_order(int longRows)
    {
        var random = new Random(longRows);
        var pattern = Patterns.Of(100 + longRows, 200, i => i < 100
            ? [random.Next(200), random.Next(200), random.Next(200)]
            : Enumerable.Range(0, 200).Where(_ => random.Next(3) > 0).ToArray());
        Assert.Equal(longRows, Enumerable.Range(0, pattern.RowCount).Count(new ColumnIntersection(pattern).IsLong));
        foreach (var order in VertexOrders.All.Append(new RandomOrder(7)))
            SlowCheckers.IsColumnColoring(pattern, ColumnColoring.Greedy(pattern, order));
        SlowCheckers.IsColumnColoring(pattern, ColumnColoring.BestOf(pattern, 1, 200_000));
    }

    [Fact]
    public void Looking_at_long_rows_is_work()
    {
        // A walk that counts as nothing may be repeated without end: all rows of a full pattern are long.
        const int n = 300;
        var full = new SparsityPattern(n, n, [.. Enumerable.Range(0, n + 1).Select(i => i * n)], [.. Enumerable.Range(0, n * n).Select(k => k % n)]);
        var graph = new ColumnIntersection(full);
        Assert.True(graph.IsLong(0));
        Assert.True(graph.PassWork > 10L * full.NonzeroCount, $"{graph.PassWork} for {full.NonzeroCount} nonzeros");
    }

    [Fact]
    public void A_long_row_gets_the_colors_of_plain_first_fit()
    {
        var random = new Random(11);
        var pattern = Patterns.Of(60, 300, i => i % 6 == 0
            ? Enumerable.Range(0, 300).Where(_ => random.Next(2) > 0).ToArray()
            : [random.Next(300), random.Next(300)]);
        var dense = SlowCheckers.Dense(pattern);
        var expected = new int[300];
        for (var j = 0; j < 300; j++)
        {
            var taken = Enumerable.Range(0, j).Where(k => Enumerable.Range(0, 60).Any(i => dense[i, j] && dense[i, k])).Select(k => expected[k]).ToHashSet();
            expected[j] = Enumerable.Range(0, 60).Any(i => dense[i, j]) ? Enumerable.Range(0, 301).First(c => !taken.Contains(c)) : -1;
        }
        Assert.Equal(expected, ColumnColoring.Greedy(pattern, new NaturalOrder()).Colors.ToArray());
    }

    [Fact]
    public void A_million_columns_with_one_dense_row_complete_in_every_order()
    {
        const int n = 1_000_000;
        var pattern = Patterns.Of(n + 1, n, i => i == n ? Enumerable.Range(0, n) : [i]);
        Assert.All(VertexOrders.All, order => Assert.Equal(n, ColumnColoring.Greedy(pattern, order).Count));
        Assert.Equal(n, ColumnColoring.BestOf(pattern).Count);
        Assert.Equal(2, RowColoring.BestOf(pattern).Count);
    }

    [Fact]
    public void A_dense_matrix_stops_at_its_clique() => Assert.True(ColumnColoring.BestOf(Patterns.Dense(400, 700)).IsOptimal);

    [Fact]
    public void A_large_arrowhead_has_a_star_coloring_of_two_colors()
    {
        var hessian = StarColoring.BestOf(Patterns.Arrowhead(300_000));
        Assert.Equal(2, hessian.Coloring.Count);
        Assert.True(hessian.Coloring.IsOptimal);
    }
}
