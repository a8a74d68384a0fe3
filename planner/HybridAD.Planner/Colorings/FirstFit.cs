using System.Numerics;

namespace HybridAD.Planning.Colorings;

/// <summary>
/// Greedy partial distance-2 colouring: each column in turn gets the smallest colour that no column sharing a row with it has.
/// Gebremedhin, Manne, Pothen, SIAM Review 47(4), 2005, Algorithm 3.2.
/// </summary>
/// <remarks>
/// Short rows are walked and their colours marked. For a long row the set of its colours is kept as bits, together with the first colour it
/// lacks: a column of the row then looks at 64 colours at a time, and a dense row of ℓ columns costs O(ℓ) in place of O(ℓ²). What is long here is
/// less than for the orders, which need to know the neighbours themselves.
/// </remarks>
internal sealed class FirstFit : IFirstFit
{
    /// <summary>Longer rows are kept as bits: some hundred colours are few words.</summary>
    private const int MostWalked = 64;

    private readonly ColumnIntersection _graph;
    private readonly int[] _markedFor;
    private readonly int[] _longIndex;
    private readonly int[] _longRowsOfColumn;
    private readonly ulong[][] _used;
    private readonly int[] _firstFree;

    public FirstFit(ColumnIntersection graph)
    {
        _graph = graph;
        _markedFor = new int[graph.VertexCount + 2];
        _longIndex = new int[graph.Rows.RowCount];
        var longCount = 0;
        for (var i = 0; i < _longIndex.Length; i++)
            _longIndex[i] = graph.Rows.Row(i).Length > MostWalked ? longCount++ : -1;
        _used = new ulong[longCount][];
        for (var l = 0; l < longCount; l++)
            _used[l] = [0];
        _firstFree = new int[longCount];
        _longRowsOfColumn = new int[longCount];
    }

    /// <inheritdoc/>
    public int Color(ReadOnlySpan<int> order, int limit, Span<int> colors)
    {
        ReadOnlySpan<int> columnStarts = _graph.Columns.RowStarts, rowsOf = _graph.Columns.Columns;
        ReadOnlySpan<int> rowStarts = _graph.Rows.RowStarts, columnsOf = _graph.Rows.Columns;
        Span<int> markedFor = _markedFor;
        markedFor.Fill(-1);
        foreach (var words in _used)
            Array.Clear(words);
        Array.Clear(_firstFree);
        colors.Fill(-1);
        var count = 0;
        foreach (var j in order)
        {
            int begin = columnStarts[j], end = columnStarts[j + 1];
            if (begin == end)
                continue;
            var longRows = 0;
            for (var p = begin; p < end; p++)
            {
                var row = rowsOf[p];
                if (_longIndex[row] >= 0)
                {
                    _longRowsOfColumn[longRows++] = _longIndex[row];
                    continue;
                }
                // Marks are shifted by one so that "no colour yet" needs no branch.
                foreach (var other in columnsOf[rowStarts[row]..rowStarts[row + 1]])
                    markedFor[colors[other] + 1] = j;
            }
            var color = 0;
            if (longRows == 0)
            {
                while (markedFor[color + 1] == j)
                    color++;
            }
            else
            {
                color = FirstAllowed(j, _longRowsOfColumn.AsSpan(0, longRows));
                foreach (var l in _longRowsOfColumn.AsSpan(0, longRows))
                    Use(l, color);
            }
            if (color >= limit)
                return -1;
            colors[j] = color;
            count = Math.Max(count, color + 1);
        }
        return count;
    }

    private int FirstAllowed(int column, ReadOnlySpan<int> longRows)
    {
        var start = 0;
        foreach (var l in longRows)
            start = Math.Max(start, _firstFree[l]);
        var blockedBelowStart = (1UL << (start & 63)) - 1;
        for (var word = start >> 6; ; word++)
        {
            var taken = blockedBelowStart;
            blockedBelowStart = 0;
            foreach (var l in longRows)
                taken |= word < _used[l].Length ? _used[l][word] : 0;
            for (var free = ~taken; free != 0; free &= free - 1)
            {
                var color = (word << 6) + BitOperations.TrailingZeroCount(free);
                if (color + 1 >= _markedFor.Length || _markedFor[color + 1] != column)
                    return color;
            }
        }
    }

    private void Use(int longRow, int color)
    {
        ref var words = ref _used[longRow];
        if (color >> 6 >= words.Length)
            Array.Resize(ref words, Math.Max(2 * words.Length, (color >> 6) + 1));
        words[color >> 6] |= 1UL << (color & 63);
        var word = _firstFree[longRow] >> 6;
        while (word < words.Length && words[word] == ulong.MaxValue)
            word++;
        _firstFree[longRow] = (word << 6) + (word < words.Length ? BitOperations.TrailingZeroCount(~words[word]) : 0);
    }
}
