namespace HybridAD.PlannerTests.Coloring;

/// <summary>Patterns with known colourings, and random ones.</summary>
internal static class Patterns
{
    public static SparsityPattern Of(int rows, int columns, Func<int, IEnumerable<int>> columnsOfRow)
    {
        var starts = new int[rows + 1];
        var entries = new List<int>();
        for (var i = 0; i < rows; i++)
        {
            entries.AddRange(columnsOfRow(i).Where(j => j >= 0 && j < columns).Distinct().Order());
            starts[i + 1] = entries.Count;
        }
        return new SparsityPattern(rows, columns, starts, [.. entries]);
    }

    public static SparsityPattern Empty(int rows, int columns) => Of(rows, columns, _ => []);

    public static SparsityPattern Dense(int rows, int columns) => Of(rows, columns, _ => Enumerable.Range(0, columns));

    /// <summary>Row i has columns i - lower .. i + upper inside the matrix.</summary>
    public static SparsityPattern Banded(int n, int lower, int upper) => Of(n, n, i => Enumerable.Range(i - lower, lower + upper + 1));

    /// <summary>Row i has columns i - lower .. i + upper modulo n.</summary>
    public static SparsityPattern CyclicBand(int n, int lower, int upper) =>
        Of(n, n, i => Enumerable.Range(i - lower, lower + upper + 1).Select(j => Modulo(j, n)));

    public static SparsityPattern Arrowhead(int n) => Of(n, n, i => i == 0 ? Enumerable.Range(0, n) : [0, i]);

    /// <summary>A matrix with some full rows and some full columns put before it.</summary>
    public static SparsityPattern Bordered(SparsityPattern inner, int fullRows, int fullColumns) =>
        Of(inner.RowCount + fullRows, inner.ColumnCount + fullColumns, i => i < fullRows
            ? Enumerable.Range(0, inner.ColumnCount + fullColumns)
            : [.. Enumerable.Range(0, fullColumns), .. inner.Row(i - fullRows).ToArray().Select(j => j + fullColumns)]);

    /// <summary>Rows and columns in another order.</summary>
    public static SparsityPattern Shuffled(SparsityPattern pattern, Random random)
    {
        int[] rows = [.. Enumerable.Range(0, pattern.RowCount)], columns = [.. Enumerable.Range(0, pattern.ColumnCount)];
        random.Shuffle(rows);
        random.Shuffle(columns);
        return Of(pattern.RowCount, pattern.ColumnCount, i => pattern.Row(rows[i]).ToArray().Select(j => columns[j]));
    }

    public static SparsityPattern BlockDiagonal(params int[] widths)
    {
        var starts = new List<int>();
        var n = 0;
        foreach (var width in widths)
        {
            starts.AddRange(Enumerable.Repeat(n, width));
            n += width;
        }
        return Of(n, n, i => Enumerable.Range(starts[i], starts.LastIndexOf(starts[i]) - starts[i] + 1));
    }

    /// <summary>The Bratu problem: the 5-point stencil of an N×N grid with Dirichlet boundary.</summary>
    public static SparsityPattern Bratu(int size) => Of(size * size, size * size, k =>
    {
        int x = k % size, y = k / size;
        var neighbors = new List<int> { k };
        if (x > 0)
            neighbors.Add(k - 1);
        if (x < size - 1)
            neighbors.Add(k + 1);
        if (y > 0)
            neighbors.Add(k - size);
        if (y < size - 1)
            neighbors.Add(k + size);
        return neighbors;
    });

    /// <summary>
    /// The Brusselator: two species on a periodic N×N grid; a row has its 5-point stencil and the other species at the point.
    /// Species-major numbering.
    /// </summary>
    public static SparsityPattern Brusselator(int size)
    {
        var points = size * size;
        int At(int x, int y) => Modulo(x, size) + size * Modulo(y, size);
        return Of(2 * points, 2 * points, i =>
        {
            int species = i / points, p = i % points, x = p % size, y = p / size;
            int[] stencil = [p, At(x - 1, y), At(x + 1, y), At(x, y - 1), At(x, y + 1)];
            return stencil.Select(q => q + species * points).Append(p + (1 - species) * points);
        });
    }

    public static SparsityPattern Random(int rows, int columns, double density, Random random) =>
        Of(rows, columns, _ => Enumerable.Range(0, columns).Where(_ => random.NextDouble() < density).ToArray());

    /// <summary>A random symmetric pattern; some diagonal entries and some whole rows are missing.</summary>
    public static SparsityPattern RandomSymmetric(int n, double density, Random random)
    {
        var half = Of(n, n, i => Enumerable.Range(0, i + 1).Where(_ => random.NextDouble() < density).ToArray());
        return half.Union(half.Transpose());
    }

    private static int Modulo(int a, int n) => ((a % n) + n) % n;
}
