using System.Runtime.CompilerServices;

namespace HybridAD.Formats.FpCore;

/// <summary>A list that grows without copying: a trace of unknown, large size would otherwise leave twice its size behind as garbage.</summary>
internal sealed class Chunks<T>
    where T : unmanaged
{
    private const int Shift = 16;
    private const int Size = 1 << Shift;

    private readonly List<T[]> _full = [];
    private T[] _last = new T[256];
    private int _used;

    public int Count => (_full.Count << Shift) + _used;

    public T this[int index] => index >> Shift < _full.Count ? _full[index >> Shift][index & (Size - 1)] : _last[index & (Size - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        if (_used == _last.Length)
            Grow();
        _last[_used++] = item;
    }

    /// <summary>Everything in one array; the list is empty afterwards.</summary>
    public T[] Take()
    {
        var all = new T[Count];
        for (var k = 0; k < _full.Count; k++)
            _full[k].CopyTo(all, k << Shift);
        _last.AsSpan(0, _used).CopyTo(all.AsSpan(_full.Count << Shift));
        _full.Clear();
        (_last, _used) = ([], 0);
        return all;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        if (_used < Size)
        {
            Array.Resize(ref _last, Math.Clamp(2 * _used, 256, Size));
            return;
        }
        _full.Add(_last);
        (_last, _used) = (new T[Size], 0);
    }
}
