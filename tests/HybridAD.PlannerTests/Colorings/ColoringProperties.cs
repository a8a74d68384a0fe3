using FsCheck.Xunit;
using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>What holds for every pattern and every vertex order.</summary>
[Properties(Arbitrary = [typeof(ArbitraryPatterns)])]
public class ColoringProperties
{
    [Property(MaxTest = 150)]
    public void Every_order_colors_the_columns_so_that_J_is_recovered(RectangularPattern input, int seed)
    {
        foreach (var order in VertexOrders.All.Append(new RandomOrder(seed)))
        {
            var coloring = ColumnColoring.Greedy(input.Pattern, order);
            Assert.Equal(order.Name, coloring.Order);
            SlowCheckers.IsColumnColoring(input.Pattern, coloring);
            SlowCheckers.RecoversColumns(input.Pattern, coloring, new Random(seed));
        }
    }

    [Property(MaxTest = 100)]
    public void Best_of_is_valid_and_no_worse_than_any_order(RectangularPattern input, int seed)
    {
        var best = ColumnColoring.BestOf(input.Pattern, seed, workBudget: 100_000);
        SlowCheckers.IsColumnColoring(input.Pattern, best);
        Assert.All(VertexOrders.All, order => Assert.True(best.Count <= ColumnColoring.Greedy(input.Pattern, order).Count, order.Name));
    }

    [Property(MaxTest = 100)]
    public void A_row_coloring_is_a_column_coloring_of_the_transpose(RectangularPattern input)
    {
        var transpose = input.Pattern.Transpose();
        foreach (var order in VertexOrders.All)
        {
            var rows = RowColoring.Greedy(input.Pattern, order);
            SlowCheckers.IsColumnColoring(transpose, rows);
            Assert.Equal(ColumnColoring.Greedy(transpose, order).Colors.ToArray(), rows.Colors.ToArray());
        }
    }

    [Property(MaxTest = 150)]
    public void Every_order_gives_a_star_coloring_that_recovers_H(SymmetricPattern input, int seed)
    {
        foreach (var order in VertexOrders.All.Append(new RandomOrder(seed)))
        {
            var hessian = StarColoring.Greedy(input.Pattern, order);
            Assert.Equal(order.Name, hessian.Coloring.Order);
            SlowCheckers.IsStarColoring(input.Pattern, hessian.Coloring);
            SlowCheckers.RecoversSymmetric(hessian, new Random(seed));
        }
    }

    [Property(MaxTest = 100)]
    public void The_best_star_coloring_is_valid_and_no_worse_than_any_order(SymmetricPattern input, int seed)
    {
        var best = StarColoring.BestOf(input.Pattern, seed, workBudget: 100_000);
        SlowCheckers.IsStarColoring(input.Pattern, best.Coloring);
        SlowCheckers.RecoversSymmetric(best, new Random(seed));
        Assert.All(
            VertexOrders.All,
            order => Assert.True(best.Coloring.Count <= StarColoring.Greedy(input.Pattern, order).Coloring.Count, order.Name));
    }

    [Property(MaxTest = 50)]
    public void The_same_seed_gives_the_same_colors(RectangularPattern input, SymmetricPattern symmetric, int seed)
    {
        int[] Columns() => ColumnColoring.BestOf(input.Pattern, seed, 50_000).Colors.ToArray();
        int[] Star() => StarColoring.BestOf(symmetric.Pattern, seed, 50_000).Coloring.Colors.ToArray();
        Assert.Equal(Columns(), Columns());
        Assert.Equal(Star(), Star());
    }
}
