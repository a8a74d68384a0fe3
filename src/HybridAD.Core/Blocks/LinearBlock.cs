using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Blocks;

/// <summary>
/// Sums of multiples of slots, c + A·s with a sparse matrix A: the sums at the ends of rows, whose terms are instances of kernels, and long sums
/// inside a function. Row r is slot <c>FirstSlot + r</c>. Immutable.
/// </summary>
public sealed class LinearBlock : Block
{
    /// <summary>Different rows that another one is compared with, the latest.</summary>
    private const int RecentRows = 8;

    private readonly int[] _rowStarts;
    private readonly int[] _slots;

    // The constant of a row and the factors of its terms after it: rows of a loop have the same numbers, which are kept once.
    private readonly double[] _numbers;
    private readonly int[] _numberStarts;

    internal LinearBlock(int firstSlot, int[] rowStarts, int[] slots, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> constants)
        : base(firstSlot, constants.Length)
    {
        (_rowStarts, _slots, _numberStarts) = (rowStarts, slots, new int[constants.Length]);
        _numbers = Shared(coefficients, constants);
    }

    /// <summary>A block whose rows' numbers have their places: the constant of a row and the factors of its terms after it, which rows may share.</summary>
    internal LinearBlock(int firstSlot, int[] rowStarts, int[] slots, double[] numbers, int[] numberStarts)
        : base(firstSlot, numberStarts.Length) =>
        (_rowStarts, _slots, _numbers, _numberStarts) = (rowStarts, slots, numbers, numberStarts);

    private LinearBlock(LinearBlock other, int firstSlot, int[] slots)
        : base(firstSlot, other.RowCount) =>
        (_rowStarts, _slots, _numbers, _numberStarts) = (other._rowStarts, slots, other._numbers, other._numberStarts);

    /// <summary>Number of sums.</summary>
    public int RowCount => _numberStarts.Length;

    /// <inheritdoc/>
    internal override long Bytes => sizeof(int) * (_rowStarts.LongLength + _slots.LongLength + _numberStarts.LongLength) + sizeof(double) * _numbers.LongLength;

    /// <summary>Where the terms of each row start, RowCount + 1 offsets.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>The slot of each term; a row names a slot once.</summary>
    public ReadOnlySpan<int> Slots => _slots;

    /// <summary>The slots of the terms of a row.</summary>
    public ReadOnlySpan<int> SlotsOf(int row) => _slots.AsSpan(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);

    /// <summary>The factors of the terms of a row.</summary>
    public ReadOnlySpan<double> CoefficientsOf(int row) => _numbers.AsSpan(_numberStarts[row] + 1, _rowStarts[row + 1] - _rowStarts[row]);

    /// <summary>The constant of a row.</summary>
    public double ConstantOf(int row) => _numbers[_numberStarts[row]];

    /// <summary>The same sums of other slots.</summary>
    internal LinearBlock WithSlots(int firstSlot, int[] slots) => new(this, firstSlot, slots) { Name = Name };

    /// <summary>Finds out where the numbers of every row are to stand, and puts them there.</summary>
    private double[] Shared(ReadOnlySpan<double> coefficients, ReadOnlySpan<double> constants)
    {
        Span<int> recent = stackalloc int[RecentRows];
        var (known, count) = (0, 0);
        for (var row = 0; row < constants.Length; row++)
        {
            var same = -1;
            for (var k = 0; k < Math.Min(known, RecentRows) && same < 0; k++)
                if (StartsWith(recent[k], row, coefficients, constants))
                    same = recent[k];
            if (same >= 0)
            {
                _numberStarts[row] = _numberStarts[same];
                continue;
            }
            recent[known++ % RecentRows] = row;
            _numberStarts[row] = count;
            count += 1 + _rowStarts[row + 1] - _rowStarts[row];
        }
        var numbers = FreshPages.Uncleared<double>(count);
        var next = 0;
        for (var row = 0; row < constants.Length; row++)
        {
            if (_numberStarts[row] != next)
                continue;
            numbers[next++] = constants[row];
            var factors = coefficients.Slice(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);
            factors.CopyTo(numbers.AsSpan(next));
            next += factors.Length;
        }
        return numbers;
    }

    /// <summary>Whether the numbers of a row are the first ones of another.</summary>
    private bool StartsWith(int other, int row, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> constants)
    {
        var length = _rowStarts[row + 1] - _rowStarts[row];
        return length <= _rowStarts[other + 1] - _rowStarts[other]
            && BitConverter.DoubleToInt64Bits(constants[other]) == BitConverter.DoubleToInt64Bits(constants[row])
            && MemoryMarshal.AsBytes(coefficients.Slice(_rowStarts[other], length)).SequenceEqual(MemoryMarshal.AsBytes(coefficients.Slice(_rowStarts[row], length)));
    }
}
