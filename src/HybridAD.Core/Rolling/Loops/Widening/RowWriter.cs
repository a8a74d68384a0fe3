using HybridAD.Blocks;
using HybridAD.Collections;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>
/// Writes the rows of a linear block kind by kind, and those of a kind column by column: term number k of all of them at a time. Their factors, which are the same, are
/// written once.
/// </summary>
/// <param name="rowCount">Rows that are written by kinds; longer sums come after them.</param>
internal sealed class RowWriter(int rowCount)
{
    private readonly int[] _starts = FreshPages.Array<int>(rowCount + 1);
    private readonly List<RowKind> _kinds = [];
    private readonly Growing<int> _sumStarts = new();
    private readonly Growing<int> _sumSlots = new();
    private readonly Growing<int> _sumNumberStarts = new();
    private readonly RowNumbers _numbers = new();
    private int[]? _next;
    private int[] _slots = [];

    public int RowCount => rowCount + _sumStarts.Count;

    /// <summary>Says how many terms some rows have. All rows have to be counted before terms are added.</summary>
    public void Count(int[] rows, int terms)
    {
        foreach (var row in rows)
            _starts[row + 1] = terms;
    }

    /// <summary>Begins with some rows, whose constants and terms follow.</summary>
    public void Begin(int[] rows, double constant) => _kinds.Add(new RowKind(rows, 0 + constant));

    /// <summary>Adds multiples of numbers to the constants of the rows.</summary>
    public void AddConstants(double factor, double[] constants)
    {
        var kind = _kinds[^1];
        if (kind.Constants is null)
            Array.Fill(kind.Constants = FreshPages.Uncleared<double>(kind.Rows.Length), kind.Constant);
        for (var i = 0; i < constants.Length; i++)
            kind.Constants[i] += factor * constants[i];
    }

    /// <summary>Adds a term to each of the rows.</summary>
    public void AddTerms(double factor, int[] slots)
    {
        if (_next is null)
        {
            for (var row = 0; row < rowCount; row++)
                _starts[row + 1] += _starts[row];
            _next = _starts[..rowCount];
            _slots = FreshPages.Array<int>(_starts[rowCount]);
        }
        var kind = _kinds[^1];
        kind.Factors.Add(factor);
        for (var i = 0; i < kind.Rows.Length; i++)
            _slots[_next[kind.Rows[i]]++] = slots[i];
    }

    /// <summary>Adds a row of its own: where a sum starts, and multiples of slots of each instance.</summary>
    public void AddSum(int[] start, double[] startFactors, int[][] columns, ReadOnlySpan<double> factors, int first, int count)
    {
        _sumStarts.Add(_sumSlots.Count);
        var terms = checked(start.Length + count * columns.Length);
        var slots = _sumSlots.Extend(terms);
        start.CopyTo(slots);
        for (int i = first, place = start.Length; i < first + count; i++)
            foreach (var column in columns)
                slots[place++] = column[i];
        var numbers = _numbers.Begin(terms);
        numbers[0] = 0;
        startFactors.CopyTo(numbers[1..]);
        for (var place = 1 + start.Length; place < numbers.Length; place += factors.Length)
            factors.CopyTo(numbers[place..]);
        _sumNumberStarts.Add(_numbers.End());
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
        var numberStarts = FreshPages.Array<int>(RowCount);
        foreach (var kind in _kinds)
            PlaceNumbers(kind, numberStarts);
        for (var sum = 0; sum < _sumStarts.Count; sum++)
            numberStarts[rowCount + sum] = _sumNumberStarts[sum];
        return new LinearBlock(firstSlot, starts, Joined(_slots, _sumSlots), _numbers.Take(), numberStarts) { Name = name };
    }

    /// <summary>Places the numbers of rows of a kind: the same for all, unless their constants differ.</summary>
    private void PlaceNumbers(RowKind kind, int[] starts)
    {
        var start = 0;
        for (var i = 0; i < kind.Rows.Length; i++)
        {
            if (i == 0 || kind.Constants is not null)
            {
                var numbers = _numbers.Begin(kind.Factors.Count);
                numbers[0] = kind.Constants is { } constants ? constants[i] : kind.Constant;
                kind.Factors.CopyTo(numbers[1..]);
                start = _numbers.End();
            }
            starts[kind.Rows[i]] = start;
        }
    }

    /// <summary>Rows mostly are all of them of kinds or none, and then their terms stay where they are.</summary>
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

    /// <summary>Rows whose terms have the same factors.</summary>
    private sealed class RowKind(int[] rows, double constant)
    {
        public int[] Rows => rows;

        public double Constant => constant;

        /// <summary>Those of each row, where they differ.</summary>
        public double[]? Constants { get; set; }

        public List<double> Factors { get; } = [];
    }
}
