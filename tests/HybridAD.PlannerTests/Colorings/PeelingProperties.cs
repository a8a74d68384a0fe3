using FsCheck.Xunit;
using HybridAD.Planning.Colorings;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>Taking lines off a matrix, and the bound that counts nonzeros, beside their definitions.</summary>
[Properties(Arbitrary = [typeof(ArbitraryPatterns)], MaxTest = 60)]
public class PeelingProperties
{
    [Property]
    public void The_fewest_directions_beside_a_cap_are_found(RectangularPattern input)
    {
        var (rows, columns) = (input.Pattern, input.Pattern.Transpose());
        for (var cap = 1; cap <= 4; cap++)
        {
            var fewest = Peeling.FewestBeside(rows, columns, cap);
            Assert.True(CanBeTakenApart(rows, fewest, cap));
            Assert.True(fewest == 0 || !CanBeTakenApart(rows, fewest - 1, cap), $"{fewest - 1} suffice beside {cap}");
        }
    }

    [Property]
    public void A_division_gives_no_line_more_than_its_directions(RectangularPattern input, int seed)
    {
        var (rows, columns) = (input.Pattern, input.Pattern.Transpose());
        for (var reverse = 1; reverse <= 3; reverse++)
            foreach (var rowsFirst in (bool[])[true, false])
            {
                var forward = Peeling.FewestBeside(rows, columns, reverse);
                var isForward = Peeling.Divide(rows, columns, forward, reverse, rowsFirst, seed % 2 == 0 ? null : new Random(seed));
                var (inRow, inColumn) = (new int[rows.RowCount], new int[rows.ColumnCount]);
                for (var row = 0; row < rows.RowCount; row++)
                    for (var entry = rows.RowStarts[row]; entry < rows.RowStarts[row + 1]; entry++)
                        _ = isForward[entry] ? inRow[row]++ : inColumn[rows.Columns[entry]]++;
                Assert.All(inRow, count => Assert.InRange(count, 0, forward));
                Assert.All(inColumn, count => Assert.InRange(count, 0, reverse));
            }
    }

    [Property]
    public void The_bound_is_the_least_count_that_yields_all_nonzeros(RectangularPattern input)
    {
        var (rows, columns) = (input.Pattern, input.Pattern.Transpose());
        var bound = new DirectionBound(rows, columns);
        int Yield(SparsityPattern lines, int directions) => Enumerable.Range(0, lines.RowCount).Sum(line => Math.Min(directions, lines.Row(line).Length));
        for (var reverse = 0; reverse <= rows.RowCount; reverse++)
            Assert.Equal(Enumerable.Range(0, 100).First(forward => Yield(rows, forward) + Yield(columns, reverse) >= rows.NonzeroCount), bound.ForwardBeside(reverse));
        for (var forward = 0; forward <= rows.ColumnCount; forward++)
            Assert.Equal(Enumerable.Range(0, 100).First(reverse => Yield(rows, forward) + Yield(columns, reverse) >= rows.NonzeroCount), bound.ReverseBeside(forward));
    }

    /// <summary>Takes any line that may be taken, over and over.</summary>
    private static bool CanBeTakenApart(SparsityPattern pattern, int forward, int reverse)
    {
        var left = SlowCheckers.Dense(pattern);
        var (m, n) = (pattern.RowCount, pattern.ColumnCount);
        for (var round = 0; round <= m + n; round++)
        {
            for (var i = 0; i < m; i++)
                if (Enumerable.Range(0, n).Count(j => left[i, j]) <= forward)
                    for (var j = 0; j < n; j++)
                        left[i, j] = false;
            for (var j = 0; j < n; j++)
                if (Enumerable.Range(0, m).Count(i => left[i, j]) <= reverse)
                    for (var i = 0; i < m; i++)
                        left[i, j] = false;
        }
        return !left.Cast<bool>().Contains(true);
    }
}
