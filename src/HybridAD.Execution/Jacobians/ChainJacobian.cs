using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>Builds, sweeps through and multiplies the Jacobians of a chain of stages in the order of a plan.</summary>
internal sealed class ChainJacobian : JacobianExecutor
{
    private readonly ChainProduct _product;
    private readonly bool _isFull;

    public ChainJacobian(CompiledTrace function, SparsityPattern pattern, ChainStrategy strategy)
        : base(function, pattern)
    {
        _product = ChainProduct.Of(function, strategy);
        _isFull = (long)pattern.NonzeroCount == (long)pattern.RowCount * pattern.ColumnCount;
    }

    public override int SweepCount => _product.SweepCount;

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        // The matrices stand behind the directions, each where its step put it.
        var directions = _product.DirectionCount;
        var numbers = workspace.Directions(directions + _product.MatrixCount);
        var matrices = numbers[(int)directions..];
        var at = new ChainPoint(slots, numbers, workspace, carefully);
        if (_product is MatrixProduct last)
        {
            last.RunParts(at, matrices);
            last.Multiply(matrices, Pattern, _isFull, entries, carefully);
            return;
        }
        _product.Run(at, matrices);
        var stride = _product.Stride;
        for (var row = 0; row < Pattern.RowCount; row++)
        {
            var line = matrices.Slice(_product.Offset + row * stride, stride);
            for (var entry = Pattern.RowStarts[row]; entry < Pattern.RowStarts[row + 1]; entry++)
                entries[entry] = line[Pattern.Columns[entry]];
        }
    }
}

/// <summary>Where a chain is evaluated.</summary>
internal readonly ref struct ChainPoint(double[] slots, Span<double> directions, Workspace workspace, bool carefully)
{
    /// <summary>Values and partials.</summary>
    public double[] Slots { get; } = slots;

    /// <summary>What sweeps carry.</summary>
    public Span<double> Directions { get; } = directions;

    /// <summary>Scratch memory.</summary>
    public Workspace Workspace { get; } = workspace;

    /// <summary>Whether a zero wins over ∞ and NaN.</summary>
    public bool Carefully { get; } = carefully;
}
