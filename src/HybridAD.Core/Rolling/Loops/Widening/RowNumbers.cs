using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>The numbers of rows, the constant of each and the factors of its terms after it: rows that begin like one of the latest share those of that one.</summary>
internal sealed class RowNumbers
{
    /// <summary>Different rows that another one is compared with, the latest.</summary>
    private const int RecentRows = 8;

    private readonly Growing<double> _numbers = new();
    private readonly (int Start, int Length)[] _recent = new (int, int)[RecentRows];
    private int _start;
    private int _known;

    /// <summary>Begins a row; its constant and factors are for the caller to write.</summary>
    public Span<double> Begin(int terms)
    {
        _start = _numbers.Count;
        return _numbers.Extend(checked(1 + terms));
    }

    /// <summary>Where the numbers of the row that was begun are to stand.</summary>
    public int End()
    {
        var own = Written(_start, _numbers.Count - _start);
        for (var k = 0; k < Math.Min(_known, RecentRows); k++)
            if (Written(_recent[k].Start, _recent[k].Length).StartsWith(own))
            {
                _numbers.Truncate(_start);
                return _recent[k].Start;
            }
        _recent[_known++ % RecentRows] = (_start, _numbers.Count - _start);
        return _start;
    }

    /// <summary>All numbers; nothing may be added after.</summary>
    public double[] Take() => _numbers.Take();

    private ReadOnlySpan<byte> Written(int start, int length) => MemoryMarshal.AsBytes(_numbers.Items.AsSpan(start, length));
}
