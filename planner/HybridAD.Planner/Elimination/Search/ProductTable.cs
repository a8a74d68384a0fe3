namespace HybridAD.Planning.Elimination.Search;

/// <summary>The set of products computed so far, emptied in constant time between orders; the products of the function itself are always in it.</summary>
internal sealed class ProductTable
{
    private ulong[] _keys = new ulong[1024];
    private int[] _rounds = new int[1024];
    private int _round = 1;
    private int _count;
    private readonly int _permanent;

    public ProductTable(IReadOnlyCollection<ulong> permanent)
    {
        foreach (var product in permanent)
            Insert(product, int.MaxValue);
        _permanent = _count;
    }

    public void Clear()
    {
        _count = _permanent;
        _round++;
    }

    public bool Contains(ulong product)
    {
        var mask = _keys.Length - 1;
        for (var slot = (int)(product >> 20) & mask; ; slot = slot + 1 & mask)
        {
            if (_rounds[slot] < _round)
                return false;
            if (_keys[slot] == product)
                return true;
        }
    }

    /// <summary>Adds a product; false if it was there.</summary>
    public bool Add(ulong product) => Insert(product, _round);

    private bool Insert(ulong product, int round)
    {
        var mask = _keys.Length - 1;
        var slot = (int)(product >> 20) & mask;
        for (; _rounds[slot] >= _round; slot = slot + 1 & mask)
            if (_keys[slot] == product)
                return false;
        (_keys[slot], _rounds[slot]) = (product, round);
        if (2 * ++_count > _keys.Length)
            Grow();
        return true;
    }

    private void Grow()
    {
        var (keys, rounds) = (_keys, _rounds);
        (_keys, _rounds, _count) = (new ulong[2 * keys.Length], new int[2 * keys.Length], 0);
        // Permanent products go first: what lies before them in a chain must not vanish with the next round.
        for (var slot = 0; slot < keys.Length; slot++)
            if (rounds[slot] == int.MaxValue)
                Insert(keys[slot], int.MaxValue);
        for (var slot = 0; slot < keys.Length; slot++)
            if (rounds[slot] == _round)
                Insert(keys[slot], _round);
    }
}
