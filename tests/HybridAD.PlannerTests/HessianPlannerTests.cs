using HybridAD.Planning;
using HybridAD.Plans;
using HybridAD.Sparsity;

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
