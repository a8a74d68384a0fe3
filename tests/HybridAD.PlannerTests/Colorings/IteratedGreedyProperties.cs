using FsCheck.Xunit;
using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Culberson's lemma and the orders, seen from outside.</summary>
[Properties(Arbitrary = [typeof(ArbitraryPatterns)])]
public class IteratedGreedyProperties
{
    [Property(MaxTest = 100)]
    public void First_fit_by_color_classes_never_needs_more_colors(RectangularPattern input, int seed)
    {
        var random = new Random(seed);
        var coloring = ColumnColoring.Greedy(input.Pattern, new RandomOrder(seed));
        for (var pass = 0; pass < 5; pass++)
        {
            var classes = Enumerable.Range(0, coloring.Count + 1).ToArray();
            random.Shuffle(classes);
            var colors = coloring.Colors.ToArray();
            var again = ColumnColoring.Greedy(input.Pattern, new ByClass([.. Enumerable.Range(0, colors.Length).OrderBy(j => classes[colors[j] + 1])]));
            Assert.True(again.Count <= coloring.Count, $"{again} after {coloring}");
            coloring = again;
        }
    }

    [Property(MaxTest = 100)]
    public void A_larger_budget_never_needs_more_colors(RectangularPattern input, int seed)
    {
        var counts = new long[] { 0, 1_000, 30_000, 300_000 }.Select(budget => ColumnColoring.BestOf(input.Pattern, seed, budget).Count).ToArray();
        Assert.Equal(counts.OrderDescending(), counts);
    }

    [Property(MaxTest = 50)]
    public void Largest_first_sorts_by_the_number_of_columns_that_share_a_row(RectangularPattern input)
    {
        var dense = SlowCheckers.Dense(input.Pattern);
        var n = input.Pattern.ColumnCount;
        int Degree(int j) => Enumerable.Range(0, n).Count(k => k != j && Enumerable.Range(0, input.Pattern.RowCount).Any(i => dense[i, j] && dense[i, k]));
        Assert.Equal(Enumerable.Range(0, n).OrderByDescending(Degree), new LargestFirstOrder().Arrange(new ColumnIntersection(input.Pattern)));
    }

    [Property(MaxTest = 50)]
    public void Smallest_last_keeps_the_back_degree_below_the_largest_minimum_degree(RectangularPattern input)
    {
        var dense = SlowCheckers.Dense(input.Pattern);
        bool Share(int j, int k) => j != k && Enumerable.Range(0, input.Pattern.RowCount).Any(i => dense[i, j] && dense[i, k]);
        var order = new SmallestLastOrder().Arrange(new ColumnIntersection(input.Pattern));
        for (var last = order.Length - 1; last >= 0; last--)
        {
            var prefix = order[..(last + 1)];
            var degrees = prefix.Select(j => prefix.Count(k => Share(j, k))).ToArray();
            Assert.Equal(degrees.Min(), degrees[last]);
        }
    }

    private sealed class ByClass(int[] order) : IVertexOrder
    {
        public string Name => "by class";

        public int[] Arrange(ColumnIntersection graph) => order;
    }
}
