namespace HybridAD.Planning.Colorings;

/// <summary>
/// How many forward directions every bicolouring needs beside some number of reverse ones. A direct entry of row i takes a forward direction of
/// its own in that row, and one of column j a reverse direction of its own in that column, so p and q directions yield at most
/// Σᵢ min(p, ℓᵢ) + Σⱼ min(q, cⱼ) nonzeros of rows with ℓᵢ and columns with cⱼ. Immutable.
/// </summary>
internal sealed class DirectionBound
{
    private readonly int _nonzeros;
    private readonly int[] _byRows;
    private readonly int[] _byColumns;

    public DirectionBound(SparsityPattern rows, SparsityPattern columns)
    {
        _nonzeros = rows.NonzeroCount;
        _byRows = Yields(rows);
        _byColumns = Yields(columns);
    }

    /// <summary>The most nonzeros in a row: enough forward directions if they could all differ.</summary>
    public int LongestRow => _byRows.Length - 1;

    /// <summary>The most nonzeros in a column.</summary>
    public int LongestColumn => _byColumns.Length - 1;

    /// <summary>The least number of forward directions beside some reverse ones.</summary>
    public int ForwardBeside(int reverse) => Least(_byRows, _nonzeros - _byColumns[Math.Min(reverse, LongestColumn)]);

    /// <summary>The least number of reverse directions beside some forward ones.</summary>
    public int ReverseBeside(int forward) => Least(_byColumns, _nonzeros - _byRows[Math.Min(forward, LongestRow)]);

    /// <summary>The least value of a price that grows with both counts, over all pairs that pass the bound, and where it is met.</summary>
    public (double Price, int Forward, int Reverse) Least(Func<int, int, double> price)
    {
        var least = (Price: double.PositiveInfinity, Forward: 0, Reverse: 0);
        for (var reverse = 0; reverse <= LongestColumn; reverse++)
        {
            var forward = ForwardBeside(reverse);
            var here = price(forward, reverse);
            if (here < least.Price)
                least = (here, forward, reverse);
        }
        return least;
    }

    /// <summary>Entry k: the most nonzeros that k directions yield, one in each line and direction.</summary>
    private static int[] Yields(SparsityPattern lines)
    {
        var longest = 0;
        for (var line = 0; line < lines.RowCount; line++)
            longest = Math.Max(longest, lines.Row(line).Length);
        var longerThan = new int[longest + 1];
        for (var line = 0; line < lines.RowCount; line++)
            longerThan[longest - lines.Row(line).Length]++;
        // Now by decreasing length; a running sum makes it "lines of at least this length".
        for (var k = 1; k <= longest; k++)
            longerThan[k] += longerThan[k - 1];
        var yields = new int[longest + 1];
        for (var k = 1; k <= longest; k++)
            yields[k] = yields[k - 1] + longerThan[longest - k];
        return yields;
    }

    private static int Least(int[] yields, int wanted)
    {
        var position = Array.BinarySearch(yields, wanted);
        return position >= 0 ? position : ~position;
    }
}
