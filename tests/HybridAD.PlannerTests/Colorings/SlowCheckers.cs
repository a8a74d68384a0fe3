using HybridAD.Planning.Colorings;
using HybridAD.Plans;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>The definitions, written down with no thought of speed.</summary>
internal static class SlowCheckers
{
    public static bool[,] Dense(SparsityPattern pattern)
    {
        var dense = new bool[pattern.RowCount, pattern.ColumnCount];
        for (var i = 0; i < pattern.RowCount; i++)
        {
            foreach (var j in pattern.Row(i))
                dense[i, j] = true;
        }
        return dense;
    }

    /// <summary>Every pair of columns that share a row differs; nonempty columns have a colour and empty ones do not.</summary>
    public static void IsColumnColoring(SparsityPattern pattern, Planning.Colorings.Coloring coloring)
    {
        var dense = Dense(pattern);
        var colors = coloring.Colors.ToArray();
        Assert.Equal(pattern.ColumnCount, colors.Length);
        for (var j = 0; j < pattern.ColumnCount; j++)
            Assert.Equal(Enumerable.Range(0, pattern.RowCount).Any(i => dense[i, j]), colors[j] >= 0);
        for (var i = 0; i < pattern.RowCount; i++)
            for (var j = 0; j < pattern.ColumnCount; j++)
                for (var k = 0; k < j; k++)
                    Assert.False(dense[i, j] && dense[i, k] && colors[j] == colors[k], $"columns {k} and {j} share row {i} and color {colors[j]}");
        UsesColorsUpTo(coloring);
    }

    /// <summary>Adjacent vertices differ and each path on four vertices has three colours; vertices with an empty row have no colour.</summary>
    public static void IsStarColoring(SparsityPattern pattern, Planning.Colorings.Coloring coloring)
    {
        var dense = Dense(pattern);
        var colors = coloring.Colors.ToArray();
        var n = pattern.RowCount;
        Assert.Equal(n, colors.Length);
        bool Adjacent(int u, int v) => u != v && dense[u, v];
        for (var a = 0; a < n; a++)
        {
            Assert.Equal(!pattern.Row(a).IsEmpty, colors[a] >= 0);
            for (var b = 0; b < n; b++)
            {
                if (!Adjacent(a, b))
                    continue;
                Assert.NotEqual(colors[a], colors[b]);
                for (var c = 0; c < n; c++)
                {
                    if (c == a || !Adjacent(b, c))
                        continue;
                    for (var d = 0; d < n; d++)
                    {
                        if (d != a && d != b && Adjacent(c, d))
                            Assert.True(new[] { colors[a], colors[b], colors[c], colors[d] }.Distinct().Count() >= 3, $"path {a} {b} {c} {d}");
                    }
                }
            }
        }
        UsesColorsUpTo(coloring);
    }

    /// <summary>A random matrix of the pattern is recovered exactly from J·S.</summary>
    public static void RecoversColumns(SparsityPattern pattern, Planning.Colorings.Coloring coloring, Random random)
    {
        var matrix = RandomMatrix(pattern, random);
        var compressed = TimesSeed(matrix, coloring);
        for (var i = 0; i < pattern.RowCount; i++)
        {
            foreach (var j in pattern.Row(i))
                Assert.Equal(matrix[i, j], compressed[i, coloring.Colors[j]]);
        }
    }

    /// <summary>A random symmetric matrix of the pattern is recovered exactly from H·S by the table.</summary>
    public static void RecoversSymmetric(HessianColoring hessian, Random random)
    {
        var pattern = hessian.Pattern;
        var matrix = RandomMatrix(pattern, random);
        for (var i = 0; i < pattern.RowCount; i++)
            for (var j = 0; j < i; j++)
                matrix[i, j] = matrix[j, i];
        var compressed = TimesSeed(matrix, hessian.Coloring);
        for (var i = 0; i < pattern.RowCount; i++)
        {
            for (var k = pattern.RowStarts[i]; k < pattern.RowStarts[i + 1]; k++)
                Assert.Equal(matrix[i, pattern.Columns[k]], compressed[hessian.SourceRows[k], hessian.SourceColors[k]]);
        }
    }

    /// <summary>Each nonzero stands alone in the forward direction of its column or in the reverse direction of its row.</summary>
    public static bool IsDirectlyRecoverable(bool[,] dense, int[] columnColors, int[] rowColors)
    {
        var (m, n) = (dense.GetLength(0), dense.GetLength(1));
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                var forward = columnColors[j] >= 0 && Enumerable.Range(0, n).All(k => k == j || !dense[i, k] || columnColors[k] != columnColors[j]);
                var reverse = rowColors[i] >= 0 && Enumerable.Range(0, m).All(k => k == i || !dense[k, j] || rowColors[k] != rowColors[i]);
                if (dense[i, j] && !forward && !reverse)
                    return false;
            }
        return true;
    }

    public static void IsBicoloring(SparsityPattern pattern, Bicoloring bicoloring)
    {
        Assert.Equal((pattern.ColumnCount, pattern.RowCount), (bicoloring.ColumnColors.Length, bicoloring.RowColors.Length));
        Assert.True(IsDirectlyRecoverable(Dense(pattern), bicoloring.ColumnColors.ToArray(), bicoloring.RowColors.ToArray()), bicoloring.ToString());
        UsesColorsUpTo(bicoloring.ColumnColors, bicoloring.ColumnColorCount);
        UsesColorsUpTo(bicoloring.RowColors, bicoloring.RowColorCount);
        Assert.True(bicoloring.LowerBound <= bicoloring.Count, bicoloring.ToString());
    }

    /// <summary>A random matrix of the pattern is recovered exactly from J·S and Wᵀ·J, each entry from where the plan says.</summary>
    public static void RecoversBoth(SparsityPattern pattern, Bicoloring bicoloring, Random random)
    {
        var matrix = RandomMatrix(pattern, random);
        var (columnColors, rowColors) = (bicoloring.ColumnColors.ToArray(), bicoloring.RowColors.ToArray());
        var halves = new BicoloredHalves(pattern, new BicoloredStrategy([.. columnColors], bicoloring.ColumnColorCount, [.. rowColors], bicoloring.RowColorCount));
        for (var i = 0; i < pattern.RowCount; i++)
            for (var entry = pattern.RowStarts[i]; entry < pattern.RowStarts[i + 1]; entry++)
            {
                var j = pattern.Columns[entry];
                var read = halves.IsForward[entry]
                    ? Enumerable.Range(0, pattern.ColumnCount).Where(k => columnColors[k] == columnColors[j]).Sum(k => matrix[i, k])
                    : Enumerable.Range(0, pattern.RowCount).Where(k => rowColors[k] == rowColors[i]).Sum(k => matrix[k, j]);
                Assert.Equal(matrix[i, j], read);
                Assert.Contains(halves.IsForward[entry] ? i : j, (halves.IsForward[entry] ? halves.ReadRows : halves.ReadColumns).ToArray());
                Assert.Contains(halves.IsForward[entry] ? j : i, (halves.IsForward[entry] ? halves.SeededColumns : halves.SeededRows).ToArray());
            }
    }

    private static void UsesColorsUpTo(ReadOnlySpan<int> colors, int count) =>
        Assert.Equal(Enumerable.Range(0, count), colors.ToArray().Where(c => c >= 0).Distinct().Order());

    private static void UsesColorsUpTo(Planning.Colorings.Coloring coloring)
    {
        UsesColorsUpTo(coloring.Colors, coloring.Count);
        Assert.True(coloring.LowerBound <= coloring.Count, coloring.ToString());
    }

    private static double[,] RandomMatrix(SparsityPattern pattern, Random random)
    {
        var matrix = new double[pattern.RowCount, pattern.ColumnCount];
        for (var i = 0; i < pattern.RowCount; i++)
        {
            foreach (var j in pattern.Row(i))
                matrix[i, j] = random.NextDouble() + 1;
        }
        return matrix;
    }

    private static double[,] TimesSeed(double[,] matrix, Planning.Colorings.Coloring coloring)
    {
        var product = new double[matrix.GetLength(0), coloring.Count];
        for (var i = 0; i < matrix.GetLength(0); i++)
        {
            for (var j = 0; j < matrix.GetLength(1); j++)
            {
                if (coloring.Colors[j] >= 0)
                    product[i, coloring.Colors[j]] += matrix[i, j];
            }
        }
        return product;
    }
}
