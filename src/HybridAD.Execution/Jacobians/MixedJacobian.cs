using HybridAD.Execution.Sweeps;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>Reverse sweeps from a cut of the graph to the inputs, forward sweeps from it to the outputs, and the product of the two thin matrices.</summary>
internal sealed class MixedJacobian : JacobianExecutor
{
    private readonly SweepKernel _kernel;
    private readonly SweepGraph _lower;
    private readonly SweepGraph _upper;
    private readonly int _cutSize;
    private readonly int _paddedColumns;
    private readonly bool _isDense;

    public MixedJacobian(CompiledTrace function, SparsityPattern pattern, MixedStrategy strategy)
        : base(function, pattern)
    {
        var cut = strategy.CutNodes.AsSpan();
        var inputs = Enumerable.Range(0, function.Trace.InputCount).ToArray();
        _lower = SweepGraph.Between(function.Graph, inputs, cut);
        _upper = SweepGraph.Between(function.Graph, cut, function.Trace.Outputs);
        _cutSize = cut.Length;
        _kernel = SweepKernel.ForWidth(SweepWidth.For(_cutSize));
        _isDense = (long)pattern.NonzeroCount == (long)pattern.RowCount * pattern.ColumnCount;
        _paddedColumns = (pattern.ColumnCount + ThinProduct.BlockColumns - 1) / ThinProduct.BlockColumns * ThinProduct.BlockColumns;
    }

    public override int SweepCount => 2 * ((_cutSize + _kernel.Width - 1) / _kernel.Width);

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var width = _kernel.Width;
        var directionCount = (long)Math.Max(_lower.SlotCount, _upper.SlotCount) * width;
        // Behind the directions stand the factors: cut × columns (padded to whole vectors) and rows × cut.
        var below = (int)directionCount;
        var above = below + _cutSize * _paddedColumns;
        var numbers = workspace.Directions(above + (long)Pattern.RowCount * _cutSize);
        var lowerFactor = numbers.AsSpan(below, _cutSize * _paddedColumns);
        var upperFactor = numbers.AsSpan(above, Pattern.RowCount * _cutSize);
        lowerFactor.Clear();
        var alive = workspace.Alive(Math.Max(_lower.SlotCount, _upper.SlotCount));
        for (var first = 0; first < _cutSize; first += width)
        {
            SweepDown(slots, numbers, alive, first, lowerFactor, carefully);
            SweepUp(slots, numbers, alive, first, upperFactor, carefully);
        }
        if (carefully)
            ThinProduct.Careful(Pattern, upperFactor, lowerFactor, _cutSize, _paddedColumns, entries);
        else if (_isDense)
            ThinProduct.Dense(upperFactor, lowerFactor, _cutSize, _paddedColumns, entries, Pattern.RowCount, Pattern.ColumnCount);
        else
            ThinProduct.Sparse(Pattern, upperFactor, lowerFactor, _cutSize, _paddedColumns, entries);
    }

    /// <summary>Rows <c>first …</c> of the derivative of the cut to the inputs.</summary>
    private void SweepDown(double[] slots, double[] adjoints, bool[] alive, int first, Span<double> factor, bool carefully)
    {
        var width = _kernel.Width;
        var count = Math.Min(width, _cutSize - first);
        Array.Clear(alive, 0, _lower.SlotCount);
        for (var lane = 0; lane < count; lane++)
        {
            var slot = _lower.OutputSlots[first + lane];
            if (slot < 0)
                continue;
            if (!alive[slot])
                adjoints.AsSpan(slot * width, width).Clear();
            adjoints[slot * width + lane] = 1;
            alive[slot] = true;
        }
        _kernel.Reverse(_lower, slots, adjoints, alive, carefully);
        for (var input = 0; input < _lower.InputCount; input++)
            if (alive[input])
                for (var lane = 0; lane < count; lane++)
                    factor[(first + lane) * _paddedColumns + input] = adjoints[input * width + lane];
    }

    /// <summary>Columns <c>first …</c> of the derivative of the outputs to the cut.</summary>
    private void SweepUp(double[] slots, double[] tangents, bool[] alive, int first, Span<double> factor, bool carefully)
    {
        var width = _kernel.Width;
        var count = Math.Min(width, _cutSize - first);
        Array.Clear(alive, 0, _upper.InputCount);
        for (var lane = 0; lane < count; lane++)
        {
            tangents.AsSpan((first + lane) * width, width).Clear();
            tangents[(first + lane) * width + lane] = 1;
            alive[first + lane] = true;
        }
        _kernel.Forward(_upper, slots, tangents, alive, carefully);
        for (var row = 0; row < _upper.OutputSlots.Length; row++)
        {
            var slot = _upper.OutputSlots[row];
            for (var lane = 0; lane < count; lane++)
                factor[row * _cutSize + first + lane] = slot >= 0 && alive[slot] ? tangents[slot * width + lane] : 0;
        }
    }
}
