using HybridAD.Planning;
using HybridAD.Planning.Colorings;
using HybridAD.Plans;

namespace HybridAD.PlannerTests;

public class HessianPlannerTests
{
    [Fact]
    public void A_separable_function_needs_one_color() => Assert.Equal(1, PlanAndCheck(50, (i, j) => i == j).ColorCount);

    [Fact]
    public void A_tridiagonal_Hessian_needs_three_colors() => Assert.Equal(3, PlanAndCheck(60, (i, j) => Math.Abs(i - j) <= 1).ColorCount);

    [Fact]
    public void An_arrowhead_needs_two_colors() => Assert.Equal(2, PlanAndCheck(40, (i, j) => i == j || i == 0 || j == 0).ColorCount);

    [Fact]
    public void A_dense_Hessian_needs_a_color_for_every_input() => Assert.Equal(30, PlanAndCheck(30, (_, _) => true).ColorCount);

    [Fact]
    public void A_linear_function_needs_none()
    {
        var strategy = PlanAndCheck(5, (_, _) => false);
        Assert.Equal(0, strategy.ColorCount);
        Assert.Equal(Enumerable.Repeat(-1, 5), strategy.Colors);
    }

    [Fact]
    public void Random_patterns_are_recovered()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var n = random.Next(1, 40);
            var density = random.NextDouble();
            var present = new bool[n, n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j <= i; j++)
                    present[i, j] = present[j, i] = random.NextDouble() < density * density;
            PlanAndCheck(n, (i, j) => present[i, j]);
        }
    }

    [Fact]
    public void A_nearly_dense_Hessian_is_recovered()
    {
        // Walks through it are long, and there is little to be saved: the search ends early.
        var random = new Random(3);
        var isAbsent = new bool[300, 300];
        for (var i = 0; i < 300; i++)
            for (var j = 0; j < i; j++)
                isAbsent[i, j] = isAbsent[j, i] = random.NextDouble() < 0.4;
        PlanAndCheck(300, (i, j) => !isAbsent[i, j]);
    }

    [Fact]
    public void Where_directions_cost_nothing_the_first_order_will_do()
    {
        // Neighbours far apart in the natural order, which does not color them well.
        var rows = Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 60).Where(j => Math.Abs(37 * i % 60 - 37 * j % 60) <= 2).ToArray()).ToArray();
        int[] starts = [0, .. rows.Select(row => row.Length)];
        for (var i = 0; i < rows.Length; i++)
            starts[i + 1] += starts[i];
        var pattern = new SparsityPattern(60, 60, starts, [.. rows.SelectMany(row => row)]);
        var natural = StarColoring.Greedy(pattern, new NaturalOrder());
        Assert.Equal(natural.Coloring.Colors.ToArray(), HessianPlanner.Plan(pattern, secondsOfDirection: 0).Colors.ToArray());
        Assert.True(HessianPlanner.Plan(pattern).ColorCount < natural.Coloring.Count);
    }

    /// <summary>Plans, and reads random symmetric numbers back out of their products with the colours.</summary>
    private static HessianStrategy PlanAndCheck(int n, Func<int, int, bool> present)
    {
        var rows = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Where(j => present(i, j)).ToArray()).ToArray();
        var starts = new int[n + 1];
        for (var i = 0; i < n; i++)
            starts[i + 1] = starts[i] + rows[i].Length;
        var pattern = new SparsityPattern(n, n, starts, [.. rows.SelectMany(row => row)]);
        var strategy = HessianPlanner.Plan(pattern);
        // Integers, so that the products are exact.
        static double Entry(int i, int j) => 1 + 1000 * Math.Max(i, j) + Math.Min(i, j);
        var products = new double[n, Math.Max(1, strategy.ColorCount)];
        for (var i = 0; i < n; i++)
            foreach (var j in pattern.Row(i))
                products[i, strategy.Colors[j]] += Entry(i, j);
        var rowOf = pattern.RowOfEntries();
        for (var k = 0; k < pattern.NonzeroCount; k++)
            Assert.Equal(Entry(rowOf[k], pattern.Columns[k]), products[strategy.SourceRows[k], strategy.SourceColors[k]]);
        return strategy;
    }
}
