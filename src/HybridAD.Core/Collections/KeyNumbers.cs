namespace HybridAD.Collections;

/// <summary>Numbers keys from 0 in the order in which they are first seen. What belongs to a key stands under its number in a list beside it.</summary>
/// <remarks>
/// A dictionary over a structure or over 64 bits is compiled when it is first used, each of its methods for itself, even in programs that were compiled beforehand;
/// this is not.
/// </remarks>
internal sealed class KeyNumbers
{
    private readonly Growing<ulong> _keys = new();
    private int[] _table = new int[32];

    /// <summary>Number of different keys.</summary>
    public int Count => _keys.Count;

    /// <summary>Two numbers as one key.</summary>
    public static ulong Pair(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;

    /// <summary>The number of a key, or −1.</summary>
    public int Find(ulong key)
    {
        for (var place = PlaceOf(key); _table[place] != 0; place = (place + 1) & (_table.Length - 1))
            if (_keys.Items[_table[place] - 1] == key)
                return _table[place] - 1;
        return -1;
    }

    /// <summary>The number of a key, a new one if it has none.</summary>
    public int NumberOf(ulong key)
    {
        var place = PlaceOf(key);
        for (; _table[place] != 0; place = (place + 1) & (_table.Length - 1))
            if (_keys.Items[_table[place] - 1] == key)
                return _table[place] - 1;
        _keys.Add(key);
        _table[place] = _keys.Count;
        if (2 * _keys.Count > _table.Length)
            Grow();
        return _keys.Count - 1;
    }

    private void Grow()
    {
        _table = new int[4 * _table.Length];
        for (var number = 0; number < _keys.Count; number++)
        {
            var place = PlaceOf(_keys.Items[number]);
            while (_table[place] != 0)
                place = (place + 1) & (_table.Length - 1);
            _table[place] = number + 1;
        }
    }

    private int PlaceOf(ulong key)
    {
        key *= 0x9E3779B97F4A7C15;
        return (int)(key >> 33) & (_table.Length - 1);
    }
}
