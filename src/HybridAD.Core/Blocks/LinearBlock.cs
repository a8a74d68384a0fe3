namespace HybridAD.Blocks;

/// <summary>
/// Sums of multiples of slots, c + A·s with a sparse matrix A: the sums at the ends of rows, whose terms are instances of kernels, and long sums
/// inside a function. Row r is slot <c>FirstSlot + r</c>. Immutable.
/// </summary>
public sealed class LinearBlock : Block
{
    private readonly int[] _rowStarts;
    private readonly int[] _slots;
    private readonly double[] _coefficients;
    private readonly double[] _constants;

    internal LinearBlock(int firstSlot, int[] rowStarts, int[] slots, double[] coefficients, double[] constants)
        : base(firstSlot, constants.Length)
    {
        _rowStarts = rowStarts;
        _slots = slots;
        _coefficients = coefficients;
        _constants = constants;
    }

    /// <summary>Number of sums.</summary>
    public int RowCount => _constants.Length;

    /// <summary>Where the terms of each row start, RowCount + 1 offsets.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>The slot of each term; a row names a slot once.</summary>
    public ReadOnlySpan<int> Slots => _slots;

    /// <summary>The factor of each term.</summary>
    public ReadOnlySpan<double> Coefficients => _coefficients;

    /// <summary>The constant of each row.</summary>
    public ReadOnlySpan<double> Constants => _constants;
}
