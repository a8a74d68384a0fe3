namespace HybridAD.Planning.Colorings;

/// <summary>
/// Vertices in doubly linked lists by integer key, so that a key moves by one in O(1) and all moves of a vertex order cost O(edges).
/// D. W. Matula, L. L. Beck, "Smallest-last ordering and clustering and graph coloring algorithms", J. ACM 30(3), 1983.
/// </summary>
/// <remarks>The vertex whose key changed last leaves its bucket first, which makes the dynamic orders grow one connected region.</remarks>
internal sealed class BucketQueue
{
    private const int None = -1;
    private readonly int[] _keys;
    private readonly int[] _heads;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly bool[] _removed;
    private int _low;
    private int _high;

    /// <summary>Inserts vertices 0 .. keys.Length - 1; of equal keys the lower index leaves first.</summary>
    /// <param name="keys">Initial keys, at least 0. The queue owns the array afterwards.</param>
    /// <param name="keyLimit">Keys stay below this limit.</param>
    public BucketQueue(int[] keys, int keyLimit)
    {
        _keys = keys;
        _heads = new int[keyLimit];
        Array.Fill(_heads, None);
        _next = new int[keys.Length];
        _previous = new int[keys.Length];
        _removed = new bool[keys.Length];
        _low = keyLimit - 1;
        for (var v = keys.Length - 1; v >= 0; v--)
            Link(v);
    }

    public bool Contains(int vertex) => !_removed[vertex];

    public int PopMin()
    {
        while (_heads[_low] == None)
            _low++;
        return Remove(_heads[_low]);
    }

    public int PopMax()
    {
        while (_heads[_high] == None)
            _high--;
        return Remove(_heads[_high]);
    }

    public void Raise(int vertex)
    {
        Unlink(vertex);
        _keys[vertex]++;
        Link(vertex);
    }

    public void Lower(int vertex)
    {
        Unlink(vertex);
        _keys[vertex]--;
        Link(vertex);
    }

    private int Remove(int vertex)
    {
        Unlink(vertex);
        _removed[vertex] = true;
        return vertex;
    }

    private void Link(int vertex)
    {
        var key = _keys[vertex];
        var head = _heads[key];
        _previous[vertex] = None;
        _next[vertex] = head;
        if (head != None)
            _previous[head] = vertex;
        _heads[key] = vertex;
        _low = Math.Min(_low, key);
        _high = Math.Max(_high, key);
    }

    private void Unlink(int vertex)
    {
        int next = _next[vertex], previous = _previous[vertex];
        if (next != None)
            _previous[next] = previous;
        if (previous == None)
            _heads[_keys[vertex]] = next;
        else
            _next[previous] = next;
    }
}
