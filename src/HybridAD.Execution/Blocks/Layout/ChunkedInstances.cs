using HybridAD.Collections;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>Divides instances into those that are computed in chunks of regular neighbours, and the rest.</summary>
internal sealed class ChunkedInstances
{
    /// <summary>Regular instances in a row, where a chunk more that is not regular costs less than loads and stores of registers across lines of the cache.</summary>
    private const int LongestUnaligned = 16 * Chunk.Lanes;

    /// <summary>Fewer instances at an end of a row are not worth a chunk that computes others again.</summary>
    private const int FewestAtEnd = 2;

    /// <summary>A chunk or two are not worth a kernel of their own.</summary>
    private const int FewestInChunks = 4 * Chunk.Lanes;

    private readonly Growing<int> _inChunks;
    private readonly Growing<int> _rest = new();
    private readonly List<(int Start, int End, int Chunk)> _ends = [];
    private readonly bool _repeats;
    private readonly bool _isSingleRow;

    private ChunkedInstances(int count, bool repeats, bool isSingleRow) => (_inChunks, _repeats, _isSingleRow) = (new Growing<int>(count), repeats, isSingleRow);

    /// <summary>The instances of whole chunks; some may be in two of them.</summary>
    public Growing<int> InChunks => _inChunks;

    /// <summary>The first instances of chunks at the ends of a single row, which have some instances again and are computed apart.</summary>
    public IEnumerable<int> Ends => _ends.Select(static end => end.Chunk);

    /// <summary>All others.</summary>
    public Growing<int> Rest => _rest;

    /// <summary>Divides instances.</summary>
    /// <param name="breaks">For each instance but the last, whether the next one follows otherwise than is usual.</param>
    /// <param name="count">Number of instances.</param>
    /// <param name="mayRepeat">Whether an instance may be computed twice.</param>
    public static ChunkedInstances Of(ReadOnlySpan<bool> breaks, int count, bool mayRepeat)
    {
        // The chunks of a single row follow each other at one distance; so its ends are chunks apart.
        var hasRows = HasRows(breaks, count);
        var result = new ChunkedInstances(count, mayRepeat && hasRows, mayRepeat && !hasRows);
        for (var start = 0; start < count;)
        {
            var end = EndOf(breaks, start, count);
            result.AddRow(start, end);
            start = end;
        }
        if (result._inChunks.Count < FewestInChunks && result._rest.Count + result._ends.Count > 0)
        {
            result._inChunks.Clear();
            result._ends.Clear();
            result._rest.Clear();
            for (var t = 0; t < count; t++)
                result._rest.Add(t);
        }
        result.FillRest();
        return result;
    }

    private static bool HasRows(ReadOnlySpan<bool> breaks, int count)
    {
        var rows = 0;
        for (var start = 0; start < count && rows < 2;)
        {
            var end = EndOf(breaks, start, count);
            rows += end - start >= Chunk.Lanes ? 1 : 0;
            start = end;
        }
        return rows > 1;
    }

    private static int EndOf(ReadOnlySpan<bool> breaks, int start, int count)
    {
        var length = breaks[start..].IndexOf(true);
        return length < 0 ? count : start + length + 1;
    }

    private void AddRow(int start, int end)
    {
        if (end - start < Chunk.Lanes)
        {
            AddRest(start, end);
            return;
        }
        var first = start;
        if (end - start >= LongestUnaligned && start % Chunk.Lanes != 0)
        {
            // A register of neighbours is then loaded from one line of the cache.
            first = (start + Chunk.Lanes - 1) / Chunk.Lanes * Chunk.Lanes;
            AddEnd(start, first, start);
        }
        var last = first + (end - first) / Chunk.Lanes * Chunk.Lanes;
        for (var t = first; t < last; t++)
            _inChunks.Add(t);
        AddEnd(last, end, end - Chunk.Lanes);
    }

    /// <summary>The instances at an end of a row: a chunk that begins so that it has them at its end, or at its beginning.</summary>
    private void AddEnd(int start, int end, int chunk)
    {
        if (_repeats && end - start >= FewestAtEnd)
            for (var t = chunk; t < chunk + Chunk.Lanes; t++)
                _inChunks.Add(t);
        else if (_isSingleRow && end > start)
            _ends.Add((start, end, chunk));
        else
            AddRest(start, end);
    }

    /// <summary>Where there are others, they need a chunk anyway: the ends of the row go with them, so that they are ranges of neighbours, and need no call of their own.</summary>
    private void FillRest()
    {
        if (_rest.Count == 0)
            return;
        foreach (var (start, end, _) in _ends)
            AddRest(start, end);
        _ends.Clear();
        _rest.Items.AsSpan(0, _rest.Count).Sort();
    }

    private void AddRest(int start, int end)
    {
        for (var t = start; t < end; t++)
            _rest.Add(t);
    }
}
