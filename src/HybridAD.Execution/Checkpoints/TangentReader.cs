using HybridAD.Sparsity;

namespace HybridAD.Execution.Checkpoints;

/// <summary>Reads entries of a Jacobian off the tangents of its outputs.</summary>
/// <param name="pattern">The pattern of the Jacobian.</param>
/// <param name="colors">The direction of each column.</param>
/// <param name="entries">Receives the entries.</param>
internal readonly ref struct TangentReader(SparsityPattern pattern, ReadOnlySpan<int> colors, Span<double> entries)
{
    private readonly ReadOnlySpan<int> _colors = colors;
    private readonly Span<double> _entries = entries;

    /// <summary>Reads what some directions yield of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The first direction.</param>
    /// <param name="width">How many directions.</param>
    /// <param name="tangents">The tangents, one for each direction; empty where they are zero.</param>
    public void Read(int row, int first, int width, ReadOnlySpan<double> tangents)
    {
        for (var entry = pattern.RowStarts[row]; entry < pattern.RowStarts[row + 1]; entry++)
            if (_colors[pattern.Columns[entry]] - first is >= 0 and var lane && lane < width)
                _entries[entry] = tangents.IsEmpty ? 0 : tangents[lane];
    }
}
