namespace HybridAD.Planning.Colorings;

/// <summary>
/// Greedy star colouring in a given order. The rules are those of Gebremedhin, Tarafdar, Manne, Pothen, SIAM J. Sci. Comput. 29(3), 2007,
/// Algorithm 4.1: a colour is forbidden for v when it would make an edge of one colour or a path on four vertices of two colours.
/// </summary>
/// <remarks>
/// In place of the paper's walks from v to the neighbours of each neighbour w, each w keeps two lists that summarize its neighbourhood: the distinct
/// colours it sees, and the colours of the hubs of two-coloured stars in which it is a spoke. Their lengths are bounded by the degree and by
/// the number of colours C, so a vertex costs Σ min(deg w, C): an arrowhead of n variables costs O(n), not O(n²).
/// </remarks>
internal sealed class GreedyStar
{
    private const int Shared = -1;
    private readonly SparsityPattern _pattern;
    private readonly int[] _colors;
    private readonly int[] _forbiddenFor;
    private readonly int[] _reachedBy;

    // For vertex w the slots of its row in the pattern: the distinct colours of its neighbours, the one neighbour that has each (or Shared),
    // and the colours of its hubs.
    private readonly int[] _seenColors;
    private readonly int[] _seenAt;
    private readonly int[] _hubColors;
    private readonly int[] _seenCounts;
    private readonly int[] _hubCounts;

    public GreedyStar(SparsityPattern pattern)
    {
        _pattern = pattern;
        var n = pattern.RowCount;
        _colors = new int[n];
        _forbiddenFor = new int[n + 1];
        _reachedBy = new int[n + 1];
        _seenColors = new int[pattern.NonzeroCount];
        _seenAt = new int[pattern.NonzeroCount];
        _hubColors = new int[pattern.NonzeroCount];
        _seenCounts = new int[n];
        _hubCounts = new int[n];
    }

    public int Count { get; private set; }

    public ReadOnlySpan<int> Colors => _colors;

    /// <summary>Entries that colouring in one order visits: nonzeros + Σ ℓ·min(ℓ, C) over the rows of ℓ nonzeros, with C colours.</summary>
    public static long PassWork(SparsityPattern pattern, int colors)
    {
        long work = Math.Max(1, pattern.NonzeroCount);
        for (var v = 0; v < pattern.RowCount; v++)
            work += (long)pattern.Row(v).Length * Math.Min(pattern.Row(v).Length, colors);
        return work;
    }

    /// <summary>Colours the vertices in an order, and gives up with false when one needs a colour at or above the limit.</summary>
    public bool Color(ReadOnlySpan<int> order, int limit)
    {
        Clear();
        foreach (var v in order)
        {
            if (_pattern.Row(v).IsEmpty)
                continue;
            Forbid(v);
            var color = 0;
            while (_forbiddenFor[color] == v)
                color++;
            if (color >= limit)
                return false;
            Assign(v, color);
        }
        return true;
    }

    /// <summary>Takes the colours of a colouring that is known to be a star colouring.</summary>
    public void Adopt(Coloring coloring)
    {
        Clear();
        for (var v = 0; v < _colors.Length; v++)
        {
            if (coloring.Colors[v] >= 0)
                Assign(v, coloring.Colors[v]);
        }
    }

    private void Clear()
    {
        Array.Fill(_colors, -1);
        Array.Fill(_forbiddenFor, -1);
        Array.Clear(_seenCounts);
        Array.Clear(_hubCounts);
        Count = 0;
    }

    private void Assign(int v, int color)
    {
        _colors[v] = color;
        Count = Math.Max(Count, color + 1);
        Record(v, color);
    }

    private void Forbid(int v)
    {
        // The colours v sees are complete already, as each coloured neighbour recorded itself.
        var seen = Seen(v);
        var at = SeenAt(v);
        for (var s = 0; s < seen.Length; s++)
        {
            _forbiddenFor[seen[s]] = v;
            _reachedBy[seen[s]] = at[s];
        }
        foreach (var w in _pattern.Row(v))
        {
            if (w == v || _colors[w] < 0)
                continue;
            // Case 1: v joins w to a neighbour of the same colour, so w-v-w' must not extend to a vertex with the colour of v.
            // Case 2: w is a spoke of a star with hub x, so v must not extend the path w-x-y.
            var closed = _reachedBy[_colors[w]] == Shared ? Seen(w) : Hubs(w);
            foreach (var color in closed)
                _forbiddenFor[color] = v;
        }
    }

    private void Record(int v, int color)
    {
        foreach (var w in _pattern.Row(v))
        {
            if (w == v)
                continue;
            var start = _pattern.RowStarts[w];
            var slot = Seen(w).IndexOf(color);
            if (slot < 0)
            {
                _seenColors[start + _seenCounts[w]] = color;
                _seenAt[start + _seenCounts[w]++] = v;
                continue;
            }
            // w now has two neighbours of this colour: it is, or becomes, the hub of their star.
            if (_colors[w] >= 0)
            {
                if (_seenAt[start + slot] != Shared)
                    AddHub(_seenAt[start + slot], _colors[w]);
                AddHub(v, _colors[w]);
            }
            _seenAt[start + slot] = Shared;
        }
        // v becomes the hub of the neighbours that share a colour.
        foreach (var w in _pattern.Row(v))
        {
            if (w != v && _colors[w] >= 0 && Reader(v, _colors[w]) == Shared)
                AddHub(w, color);
        }
    }

    private void AddHub(int spoke, int color) => _hubColors[_pattern.RowStarts[spoke] + _hubCounts[spoke]++] = color;

    private ReadOnlySpan<int> Seen(int w) => _seenColors.AsSpan(_pattern.RowStarts[w], _seenCounts[w]);

    private ReadOnlySpan<int> SeenAt(int w) => _seenAt.AsSpan(_pattern.RowStarts[w], _seenCounts[w]);

    private ReadOnlySpan<int> Hubs(int w) => _hubColors.AsSpan(_pattern.RowStarts[w], _hubCounts[w]);

    /// <summary>The one neighbour of v that has a colour v sees, or <see cref="Shared"/>.</summary>
    private int Reader(int v, int color) => _seenAt[_pattern.RowStarts[v] + Seen(v).IndexOf(color)];

    /// <summary>
    /// The colouring with its recovery table. In a two-coloured star each spoke has one neighbour of the hub's colour, so the edge is read in the
    /// row of the spoke and the colour of the hub: Gebremedhin, Pothen, Tarafdar, Walther, "Efficient computation of sparse Hessians using coloring
    /// and automatic differentiation", INFORMS J. Computing 21(2), 2009. The row with the smaller index is preferred if both serve.
    /// </summary>
    public HessianColoring ToHessianColoring(string order, int lowerBound)
    {
        var rows = new int[_pattern.NonzeroCount];
        var colors = new int[_pattern.NonzeroCount];
        for (var i = 0; i < _pattern.RowCount; i++)
        {
            for (var k = _pattern.RowStarts[i]; k < _pattern.RowStarts[i + 1]; k++)
            {
                var j = _pattern.Columns[k];
                var (low, high) = (Math.Min(i, j), Math.Max(i, j));
                var lowReads = low == high || Reader(low, _colors[high]) == high;
                rows[k] = lowReads ? low : high;
                colors[k] = _colors[lowReads ? high : low];
            }
        }
        return new HessianColoring(_pattern, new Coloring(_colors, Count, order, lowerBound), rows, colors);
    }
}
