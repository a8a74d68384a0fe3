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

    internal LinearBlock(int firstSlot, int[] rowStarts, int[] slots, double[] coefficients, double[] constants)
        : base(firstSlot, constants.Length)
    {
        (_rowStarts, _slots, _numberStarts) = (rowStarts, slots, new int[constants.Length]);
        _numbers = Shared(coefficients, constants);
    }

    private LinearBlock(LinearBlock other, int firstSlot, int[] slots)
        : base(firstSlot, other.RowCount) =>
        (_rowStarts, _slots, _numbers, _numberStarts) = (other._rowStarts, slots, other._numbers, other._numberStarts);

    /// <summary>Number of sums.</summary>
    public int RowCount => _numberStarts.Length;

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

    private double[] Shared(double[] coefficients, double[] constants)
    {
        var numbers = new Growing<double>();
        Span<int> recent = stackalloc int[RecentRows];
        var known = 0;
        for (var row = 0; row < constants.Length; row++)
        {
            var factors = coefficients.AsSpan(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);
            var start = -1;
            for (var k = 0; k < Math.Min(known, RecentRows) && start < 0; k++)
                if (HasNumbers(numbers, recent[k], constants[row], factors))
                    start = recent[k];
            if (start < 0)
            {
                recent[known++ % RecentRows] = start = numbers.Count;
                numbers.Reserve(start + 1 + factors.Length);
                numbers.Add(constants[row]);
                foreach (var factor in factors)
                    numbers.Add(factor);
            }
            _numberStarts[row] = start;
        }
        return numbers.Take();
    }

    private static bool HasNumbers(Growing<double> numbers, int start, double constant, ReadOnlySpan<double> factors) =>
        start + 1 + factors.Length <= numbers.Count
        && BitConverter.DoubleToInt64Bits(numbers.Items[start]) == BitConverter.DoubleToInt64Bits(constant)
        && MemoryMarshal.AsBytes(numbers.Items.AsSpan(start + 1, factors.Length)).SequenceEqual(MemoryMarshal.AsBytes(factors));
}
