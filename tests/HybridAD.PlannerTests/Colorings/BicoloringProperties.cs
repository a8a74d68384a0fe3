using FsCheck.Xunit;
using HybridAD.Planning.Colorings;
using HybridAD.Plans;
using Xunit.Abstractions;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>What holds for the bicolouring of every pattern.</summary>
[Properties(Arbitrary = [typeof(ArbitraryPatterns)])]
public class BicoloringProperties(ITestOutputHelper output)
{
    private const long Budget = 300_000;

    [Property(MaxTest = 150)]
    public void The_bicoloring_recovers_J_with_no_more_directions_than_columns_or_rows_alone(RectangularPattern input, int seed)
    {
        var bicoloring = StarBicoloring.BestOf(input.Pattern, seed: seed, workBudget: Budget);
        SlowCheckers.IsBicoloring(input.Pattern, bicoloring);
        SlowCheckers.RecoversBoth(input.Pattern, bicoloring, new Random(seed));
        Assert.True(bicoloring.Count <= ColumnColoring.BestOf(input.Pattern, seed).Count, bicoloring.ToString());
        Assert.True(bicoloring.Count <= RowColoring.BestOf(input.Pattern, seed).Count, bicoloring.ToString());
    }

    [Property(MaxTest = 60)]
    public void A_border_costs_at_most_a_direction_for_each_of_its_lines(RectangularPattern input, int seed)
    {
        var random = new Random(seed);
        int rows = random.Next(4), columns = random.Next(4);
        var bordered = Patterns.Shuffled(Patterns.Bordered(input.Pattern, rows, columns), random);
        var bicoloring = StarBicoloring.BestOf(bordered, seed: seed, workBudget: 4 * Budget);
        SlowCheckers.IsBicoloring(bordered, bicoloring);
        var inside = Math.Min(ColumnColoring.BestOf(input.Pattern, seed).Count, RowColoring.BestOf(input.Pattern, seed).Count);
        output.WriteLine($"{rows} + {columns} around {inside}: {bicoloring}");
        // A greedy coloring of the shuffled inner part may need one color more than that of the inner part as it was.
        Assert.True(bicoloring.Count <= inside + rows + columns + 1, $"{bicoloring} around {inside}");
    }

    [Fact]
    public void Full_lines_are_set_apart_where_the_rest_is_irregular()
    {
        var inner = Patterns.Of(20, 20, i => Irregular[i]);
        var bordered = Patterns.Shuffled(Patterns.Bordered(inner, fullRows: 2, fullColumns: 3), new Random(0));
        var bicoloring = StarBicoloring.BestOf(bordered, workBudget: 4 * Budget);
        SlowCheckers.IsBicoloring(bordered, bicoloring);
        Assert.Equal(9, ColumnColoring.BestOf(inner).Count);
        Assert.True(bicoloring.Count <= 9 + 2 + 3 + 1, bicoloring.ToString());
    }

    // Columns of the nonzeros of 20 rows; dividing single nonzeros needs 16 directions with the border, setting its lines apart 14.
    private static readonly int[][] Irregular =
    [
        [1, 4, 5, 9, 10, 18, 19], [3, 5, 6, 7, 14, 15, 17], [2, 6, 8, 12, 13, 14], [0, 9, 12, 19], [0, 5, 7, 9, 15, 16, 17],
        [4, 5, 10, 13, 19], [2, 6, 8, 9, 12, 17], [1, 2, 3, 16, 18], [0, 9, 10, 13, 17], [0, 5, 6, 11],
        [9, 11, 17], [2, 5, 10, 13], [6, 8], [0, 1, 4, 8, 9, 12, 15], [0, 2, 5, 6, 8, 11],
        [2, 3, 5, 8, 12, 14, 17], [6, 8, 11, 16, 17], [3, 8, 9, 15], [0, 8, 14, 15, 19], [5, 6, 7, 10, 11, 14, 19],
    ];

    [Property(MaxTest = 100)]
    public void What_is_said_to_be_readable_is_readable_by_definition(RectangularPattern input, int seed)
    {
        var random = new Random(seed);
        var pattern = input.Pattern;
        int[] columnColors = Random(pattern.ColumnCount, random), rowColors = Random(pattern.RowCount, random);
        var dense = SlowCheckers.Dense(pattern);
        var readable = DirectRecovery.Of(pattern, columnColors, rowColors);
        for (var i = 0; i < pattern.RowCount; i++)
            for (var entry = pattern.RowStarts[i]; entry < pattern.RowStarts[i + 1]; entry++)
            {
                var j = pattern.Columns[entry];
                var forward = columnColors[j] >= 0 && Enumerable.Range(0, pattern.ColumnCount).Count(k => dense[i, k] && columnColors[k] == columnColors[j]) == 1;
                var reverse = rowColors[i] >= 0 && Enumerable.Range(0, pattern.RowCount).Count(k => dense[k, j] && rowColors[k] == rowColors[i]) == 1;
                Assert.Equal((forward ? Readable.Forward : 0) | (reverse ? Readable.Reverse : 0), readable[entry]);
            }
    }

    [Property(MaxTest = 50)]
    public void The_transposed_pattern_lists_the_same_entries(RectangularPattern input)
    {
        var (pattern, transposed) = (input.Pattern, input.Pattern.Transpose());
        var (rows, entries, columns) = (pattern.RowOfEntries(), pattern.EntriesByColumn(), transposed.RowOfEntries());
        Assert.Equal(transposed.Columns.ToArray(), entries.Select(entry => rows[entry]));
        Assert.Equal(columns, entries.Select(entry => pattern.Columns[entry]));
    }

    [Property(MaxTest = 20)]
    public void The_same_seed_gives_the_same_colors(RectangularPattern input, int seed)
    {
        var (a, b) = (StarBicoloring.BestOf(input.Pattern, seed: seed, workBudget: 100_000), StarBicoloring.BestOf(input.Pattern, seed: seed, workBudget: 100_000));
        Assert.Equal(a.ColumnColors.ToArray(), b.ColumnColors.ToArray());
        Assert.Equal(a.RowColors.ToArray(), b.RowColors.ToArray());
    }

    [Fact]
    public void Tiny_patterns_are_compared_with_the_optimum_found_by_trying_everything()
    {
        const int patterns = 150;
        var random = new Random(20);
        var gaps = new int[6];
        for (var k = 0; k < patterns; k++)
        {
            var pattern = k % 3 == 0
                ? Patterns.Shuffled(Patterns.Bordered(Patterns.Random(3, 3, 0.4, random), 1, 1), random)
                : Patterns.Random(2 + random.Next(3), 2 + random.Next(4), 0.3 + 0.5 * random.NextDouble(), random);
            var bicoloring = StarBicoloring.BestOf(pattern, seed: k);
            var optimum = Optimum(pattern);
            Assert.InRange(optimum, bicoloring.LowerBound, bicoloring.Count);
            gaps[bicoloring.Count - optimum]++;
        }
        output.WriteLine($"directions above the optimum: {string.Join(", ", gaps.Select((count, gap) => $"{gap}: {count}"))} of {patterns} patterns");
        Assert.Equal(0, gaps[2..].Sum());
        Assert.InRange(gaps[1], 0, patterns / 50);
    }

    /// <summary>The fewest directions of any bicolouring.</summary>
    private static int Optimum(SparsityPattern pattern)
    {
        var dense = SlowCheckers.Dense(pattern);
        var rowColorings = Colorings(pattern.RowCount).ToArray();
        return (from columns in Colorings(pattern.ColumnCount)
                from rows in rowColorings
                let count = columns.Max() + rows.Max() + 2
                orderby count
                where SlowCheckers.IsDirectlyRecoverable(dense, columns, rows)
                select count).First();
    }

    /// <summary>All ways to give n lines a colour or none, up to the names of the colours.</summary>
    private static IEnumerable<int[]> Colorings(int n, int colors = 0)
    {
        if (n == 0)
            return [[]];
        return from color in Enumerable.Range(-1, colors + 2)
               from rest in Colorings(n - 1, Math.Max(colors, color + 1))
               select (int[])[color, .. rest];
    }

    private static int[] Random(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-1, Math.Max(0, count / 2)))];
}
