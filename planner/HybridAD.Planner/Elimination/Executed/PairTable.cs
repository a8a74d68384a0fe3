namespace HybridAD.Planning.Elimination.Executed;

/// <summary>Numbers by pairs of numbers, emptied in constant time down to the pairs it was made with.</summary>
internal sealed class PairTable
{
    private const int Permanent = int.MaxValue;

    private ulong[] _keys = new ulong[256];
    private int[] _values = new int[256];
    private int[] _rounds = new int[256];
    private readonly int _permanent;
    private int _round = 1;
    private int _count;

    public PairTable((int Left, int Right, int Value)[] permanent)
    {
        foreach (var (left, right, value) in permanent)
            if (Find(left, right) < 0)
                Insert(Key(left, right), value, Permanent);
        _permanent = _count;
    }

    public void Clear()
    {
        _count = _permanent;
        _round++;
    }

    /// <summary>The number of a pair, or −1.</summary>
    public int Find(int left, int right)
    {
        var key = Key(left, right);
        for (var slot = Start(key); _rounds[slot] >= _round; slot = slot + 1 & _keys.Length - 1)
            if (_keys[slot] == key)
                return _values[slot];
        return -1;
    }

    /// <summary>Adds a pair that is not there.</summary>
    public void Add(int left, int right, int value) => Insert(Key(left, right), value, _round);

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Start(ulong key) => (int)(key * 0x9e3779b97f4a7c15UL >> 40) & _keys.Length - 1;

    private void Insert(ulong key, int value, int round)
    {
        var slot = Start(key);
        while (_rounds[slot] >= _round)
            slot = slot + 1 & _keys.Length - 1;
        (_keys[slot], _values[slot], _rounds[slot]) = (key, value, round);
        if (2 * ++_count > _keys.Length)
            Grow();
    }

    private void Grow()
    {
        var (keys, values, rounds) = (_keys, _values, _rounds);
        (_keys, _values, _rounds, _count) = (new ulong[2 * keys.Length], new int[2 * keys.Length], new int[2 * keys.Length], 0);
        // Permanent pairs go first: what lies before them in a chain must not vanish with the next round.
        for (var slot = 0; slot < keys.Length; slot++)
            if (rounds[slot] == Permanent)
                Insert(keys[slot], values[slot], Permanent);
        for (var slot = 0; slot < keys.Length; slot++)
            if (rounds[slot] == _round)
                Insert(keys[slot], values[slot], _round);
    }
}
