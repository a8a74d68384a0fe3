namespace HybridAD.Planning.Colorings;

/// <summary>Lists the distinct columns that share a short row with a column. Holds the scratch space of one walk; not for two threads.</summary>
/// <param name="graph">The graph to walk.</param>
public sealed class Neighborhood(ColumnIntersection graph)
{
    private readonly int[] _listedFor = Filled(graph.VertexCount);
    private readonly int[] _buffer = new int[graph.VertexCount];

    /// <summary>The neighbours of a column through rows that are not long, each once, without the column itself. Valid until the next call.</summary>
    /// <param name="column">A column in [0, n).</param>
    public ReadOnlySpan<int> Of(int column)
    {
        var count = 0;
        _listedFor[column] = column;
        foreach (var i in graph.Columns.Row(column))
        {
            var row = graph.Rows.Row(i);
            if (row.Length > graph.LongRowThreshold)
                continue;
            foreach (var other in row)
            {
                if (_listedFor[other] == column)
                    continue;
                _listedFor[other] = column;
                _buffer[count++] = other;
            }
        }
        return _buffer.AsSpan(0, count);
    }

    private static int[] Filled(int length)
    {
        var marks = new int[length];
        Array.Fill(marks, -1);
        return marks;
    }
}
