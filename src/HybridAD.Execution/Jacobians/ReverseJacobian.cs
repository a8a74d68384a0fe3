using HybridAD.Execution.Sweeps;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>Reverse sweeps, one direction per colour of rows.</summary>
internal sealed class ReverseJacobian : JacobianExecutor
{
    private readonly SweepKernel _kernel;
    private readonly DirectionBatches _batches;
    private readonly int[] _colors;
    private readonly int[] _rowOfEntry;

    public ReverseJacobian(CompiledTrace function, SparsityPattern pattern, SweepStrategy strategy)
        : base(function, pattern)
    {
        _colors = [.. strategy.Colors];
        _kernel = SweepKernel.ForWidth(SweepWidth.For(strategy.ColorCount));
        _rowOfEntry = pattern.RowOfEntries();
        _batches = new DirectionBatches(_colors, strategy.ColorCount, _kernel.Width, _rowOfEntry);
    }

    public override int SweepCount => _batches.Count;

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var graph = Function.SweepGraph;
        var width = _kernel.Width;
        var adjoints = workspace.Directions((long)graph.SlotCount * width);
        var alive = workspace.Alive(graph.SlotCount);
        var columns = Pattern.Columns;
        for (var batch = 0; batch < _batches.Count; batch++)
        {
            Array.Clear(alive, 0, graph.InputCount);
            foreach (var row in _batches.Seeds(batch))
            {
                var slot = graph.OutputSlots[row];
                if (slot < 0)
                    continue;
                // One node may be several outputs: they share its slot, each in a direction of its own.
                if (!alive[slot])
                    adjoints.AsSpan(slot * width, width).Clear();
                adjoints[slot * width + _colors[row] % width] = 1;
                alive[slot] = true;
            }
            _kernel.Reverse(graph, slots, adjoints, alive, carefully);
            foreach (var entry in _batches.Entries(batch))
            {
                var input = columns[entry];
                entries[entry] = alive[input] ? adjoints[input * width + _colors[_rowOfEntry[entry]] % width] : 0;
            }
        }
    }
}
