using HybridAD.Plans;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// Which nonzeros of a Hessian are read off the products with some directions that are computed together, and where each is found there. Both triangles have the numbers of the lower one, and so agree
/// to the last bit. Immutable.
/// </summary>
internal sealed class DirectedEntries
{
    private readonly int[] _starts;
    private readonly int[] _entries;
    private readonly int[] _places;

    /// <param name="strategy">The directions.</param>
    /// <param name="pattern">The nonzeros.</param>
    /// <param name="lanes">How many directions are computed together: the products have a row of so many numbers for every input.</param>
    public DirectedEntries(HessianStrategy strategy, SparsityPattern pattern, int lanes)
    {
        var sources = LowerEntries(pattern);
        (_starts, _entries, _places) = (new int[(strategy.ColorCount + lanes - 1) / lanes + 1], new int[sources.Length], new int[sources.Length]);
        foreach (var source in sources)
            _starts[strategy.SourceColors[source] / lanes + 1]++;
        for (var batch = 1; batch < _starts.Length; batch++)
            _starts[batch] += _starts[batch - 1];
        var next = _starts.AsSpan(0, BatchCount).ToArray();
        for (var entry = 0; entry < sources.Length; entry++)
        {
            var (color, row) = (strategy.SourceColors[sources[entry]], strategy.SourceRows[sources[entry]]);
            var place = next[color / lanes]++;
            (_entries[place], _places[place]) = (entry, row * lanes + color % lanes);
        }
    }

    /// <summary>How often some directions are computed together.</summary>
    public int BatchCount => _starts.Length - 1;

    /// <summary>Reads the nonzeros off the products with some directions.</summary>
    /// <param name="batch">Which directions.</param>
    /// <param name="products">The products, row by row.</param>
    /// <param name="entries">Receives the nonzeros in the order of the pattern.</param>
    public void Read(int batch, ReadOnlySpan<double> products, Span<double> entries)
    {
        var (start, count) = (_starts[batch], _starts[batch + 1] - _starts[batch]);
        PlacedNumbers.Move(products, _places.AsSpan(start, count), entries, _entries.AsSpan(start, count));
    }

    /// <summary>For each nonzero the one whose number it gets.</summary>
    private static int[] LowerEntries(SparsityPattern pattern)
    {
        var lower = new int[pattern.NonzeroCount];
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                lower[k] = pattern.Columns[k] <= row ? k : pattern.RowStarts[pattern.Columns[k]] + pattern.Row(pattern.Columns[k]).BinarySearch(row);
        return lower;
    }
}
