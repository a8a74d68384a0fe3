using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Rolling.Loops;

/// <summary>Writes the rows of a linear block column by column: term number k of many rows at a time.</summary>
/// <param name="rowCount">Rows whose terms are written by columns; longer sums come after them.</param>
internal sealed class RowWriter(int rowCount)
{
    private readonly int[] _starts = FreshPages.Array<int>(rowCount + 1);
    private readonly double[] _constants = FreshPages.Array<double>(rowCount);
    private readonly Growing<int> _sumStarts = new();
    private readonly Growing<int> _sumSlots = new();
    private readonly Growing<double> _sumFactors = new();
    private int[]? _next;
    private int[] _slots = [];
    private double[] _factors = [];

    public int RowCount => rowCount + _sumStarts.Count;

    /// <summary>Says how many terms some rows have. All rows have to be counted before terms are added.</summary>
    public void Count(int[] rows, int terms)
    {
        foreach (var row in rows)
            _starts[row + 1] = terms;
    }

    public void AddConstant(int[] rows, double constant)
    {
        foreach (var row in rows)
            _constants[row] += constant;
    }

    public void AddConstants(int[] rows, double factor, double[] constants)
    {
        for (var i = 0; i < rows.Length; i++)
            _constants[rows[i]] += factor * constants[i];
    }

    /// <summary>Adds a term to each of some rows.</summary>
    public void AddTerms(int[] rows, double factor, int[] slots)
    {
        if (_next is null)
        {
            for (var row = 0; row < rowCount; row++)
                _starts[row + 1] += _starts[row];
            _next = _starts[..rowCount];
            (_slots, _factors) = (FreshPages.Array<int>(_starts[rowCount]), FreshPages.Array<double>(_starts[rowCount]));
        }
        for (var i = 0; i < rows.Length; i++)
        {
            var place = _next[rows[i]]++;
            (_slots[place], _factors[place]) = (slots[i], factor);
        }
    }

    /// <summary>Adds a row of its own: where a sum starts, and multiples of slots of each instance.</summary>
    public void AddSum(int[] start, double[] startFactors, int[][] columns, ReadOnlySpan<double> factors, int first, int count)
    {
        _sumStarts.Add(_sumSlots.Count);
        var all = checked(_sumSlots.Count + start.Length + count * columns.Length);
        _sumSlots.Reserve(all);
        _sumFactors.Reserve(all);
        for (var k = 0; k < start.Length; k++)
        {
            _sumSlots.Add(start[k]);
            _sumFactors.Add(startFactors[k]);
        }
        for (var i = first; i < first + count; i++)
            for (var k = 0; k < columns.Length; k++)
            {
                _sumSlots.Add(columns[k][i]);
                _sumFactors.Add(factors[k]);
            }
    }

    public LinearBlock Build(int firstSlot, string? name)
    {
        if (_next is null)
            Array.Clear(_starts);
        var terms = _slots.Length;
        var starts = _starts;
        Array.Resize(ref starts, RowCount + 1);
        for (var sum = 0; sum < _sumStarts.Count; sum++)
            starts[rowCount + sum + 1] = terms + (sum + 1 < _sumStarts.Count ? _sumStarts.Items[sum + 1] : _sumSlots.Count);
        var constants = _constants;
        Array.Resize(ref constants, RowCount);
        return new LinearBlock(firstSlot, starts, Joined(_slots, _sumSlots), Joined(_factors, _sumFactors), constants) { Name = name };
    }

    /// <summary>Rows mostly are of one kind, and then their numbers stay where they are.</summary>
    private static T[] Joined<T>(T[] numbers, Growing<T> more)
    {
        if (more.Count == 0)
            return numbers;
        if (numbers.Length == 0)
            return more.Take();
        var joined = new T[numbers.Length + more.Count];
        Array.Copy(numbers, joined, numbers.Length);
        Array.Copy(more.Items, 0, joined, numbers.Length, more.Count);
        return joined;
    }
}
