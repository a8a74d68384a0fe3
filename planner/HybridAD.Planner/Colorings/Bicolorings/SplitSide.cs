namespace HybridAD.Planning.Colorings;

/// <summary>
/// The columns (or, transposed, the rows) of a matrix whose nonzeros have been divided between forward and reverse, and their conflicts: two
/// seeded columns conflict where both have a nonzero in a row and at least one of these is to be read forward. A column without a nonzero to read
/// forward is neutral. Holds scratch space; not for two threads.
/// </summary>
internal sealed class SplitSide : IFirstFit
{
    private readonly SparsityPattern _vertices;
    private readonly int[] _lineStarts;
    private readonly int[] _lineDirectEnds;
    private readonly int[] _lineVertices;
    private readonly bool[] _isDirect;
    private readonly bool[] _isSeeded;
    private readonly int[] _markedFor;

    /// <param name="lines">The crossing lines with their vertices (rows with their columns).</param>
    /// <param name="vertices">The vertices with their lines, the transposed pattern.</param>
    /// <param name="isDirectByLine">Whether each nonzero is read off its vertex's direction, in the order of <paramref name="lines"/>.</param>
    /// <param name="isDirectByVertex">The same in the order of <paramref name="vertices"/>.</param>
    public SplitSide(SparsityPattern lines, SparsityPattern vertices, bool[] isDirectByLine, bool[] isDirectByVertex)
    {
        _vertices = vertices;
        _isDirect = isDirectByVertex;
        _isSeeded = new bool[vertices.RowCount];
        _markedFor = new int[vertices.RowCount + 1];
        for (var vertex = 0; vertex < _isSeeded.Length; vertex++)
            _isSeeded[vertex] = isDirectByVertex.AsSpan(vertices.RowStarts[vertex], vertices.Row(vertex).Length).Contains(true);
        _lineStarts = new int[lines.RowCount + 1];
        _lineDirectEnds = new int[lines.RowCount];
        _lineVertices = new int[lines.NonzeroCount];
        var directStarts = new int[lines.RowCount + 1];
        var direct = new int[lines.NonzeroCount];
        var (count, directCount, work) = (0, 0, 1L);
        for (var line = 0; line < lines.RowCount; line++)
        {
            for (var k = lines.RowStarts[line]; k < lines.RowStarts[line + 1]; k++)
                if (isDirectByLine[k])
                    direct[directCount++] = lines.Columns[k];
            directStarts[line + 1] = directCount;
            var readable = directCount - directStarts[line];
            direct.AsSpan(directStarts[line], readable).CopyTo(_lineVertices.AsSpan(count));
            _lineDirectEnds[line] = count += readable;
            if (readable > 0)
                for (var k = lines.RowStarts[line]; k < lines.RowStarts[line + 1]; k++)
                    if (!isDirectByLine[k] && _isSeeded[lines.Columns[k]])
                        _lineVertices[count++] = lines.Columns[k];
            _lineStarts[line + 1] = count;
            var others = count - _lineDirectEnds[line];
            // Each direct vertex meets all of the line, each other one the direct ones.
            work += (long)readable * (readable + 2 * others) + lines.Row(line).Length;
            LowerBound = Math.Max(LowerBound, readable + Math.Min(1, others));
        }
        Work = work;
        Direct = SparsityPattern.Trusted(lines.RowCount, vertices.RowCount, directStarts, direct.AsSpan(0, directCount).ToArray());
    }

    /// <summary>The nonzeros read off the vertices: what the vertex orders look at.</summary>
    public SparsityPattern Direct { get; }

    /// <summary>Entries visited by one colouring.</summary>
    public long Work { get; }

    /// <summary>The nonzeros of a line that are read off different directions, and one more for a seeded vertex beside them.</summary>
    public int LowerBound { get; }

    /// <inheritdoc/>
    public int Color(ReadOnlySpan<int> order, int limit, Span<int> colors)
    {
        // Marks are shifted by one so that "no colour yet" needs no branch.
        Span<int> markedFor = _markedFor;
        markedFor.Fill(-1);
        colors.Fill(-1);
        var count = 0;
        foreach (var vertex in order)
        {
            if (!_isSeeded[vertex])
                continue;
            for (var k = _vertices.RowStarts[vertex]; k < _vertices.RowStarts[vertex + 1]; k++)
            {
                var line = _vertices.Columns[k];
                foreach (var other in _lineVertices.AsSpan(_lineStarts[line]..(_isDirect[k] ? _lineStarts[line + 1] : _lineDirectEnds[line])))
                    markedFor[colors[other] + 1] = vertex;
            }
            var color = 0;
            while (markedFor[color + 1] == vertex)
                color++;
            if (color >= limit)
                return -1;
            colors[vertex] = color;
            count = Math.Max(count, color + 1);
        }
        return count;
    }
}
