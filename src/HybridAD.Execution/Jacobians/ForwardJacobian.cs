using HybridAD.Execution.Sweeps;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>Forward sweeps, one direction per colour of columns.</summary>
internal sealed class ForwardJacobian : JacobianExecutor
{
    private readonly SweepKernel _kernel;
    private readonly DirectionBatches _batches;
    private readonly int[] _colors;
    private readonly int[] _rowOfEntry;

    public ForwardJacobian(CompiledTrace function, SparsityPattern pattern, SweepStrategy strategy)
        : base(function, pattern)
    {
        _colors = [.. strategy.Colors];
        _kernel = SweepKernel.ForWidth(SweepWidth.For(strategy.ColorCount));
        _batches = new DirectionBatches(_colors, strategy.ColorCount, _kernel.Width, pattern.Columns);
        _rowOfEntry = pattern.RowOfEntries();
    }

    public override int SweepCount => _batches.Count;

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var graph = Function.SweepGraph;
        var width = _kernel.Width;
        var tangents = workspace.Directions((long)graph.SlotCount * width);
        var alive = workspace.Alive(graph.SlotCount);
        var columns = Pattern.Columns;
        for (var batch = 0; batch < _batches.Count; batch++)
        {
            Array.Clear(alive, 0, graph.InputCount);
            foreach (var input in _batches.Seeds(batch))
            {
                tangents.AsSpan(input * width, width).Clear();
                tangents[input * width + _colors[input] % width] = 1;
                alive[input] = true;
            }
            _kernel.Forward(graph, slots, tangents, alive, carefully);
            foreach (var entry in _batches.Entries(batch))
            {
                var slot = graph.OutputSlots[_rowOfEntry[entry]];
                entries[entry] = slot >= 0 && alive[slot] ? tangents[slot * width + _colors[columns[entry]] % width] : 0;
            }
        }
    }
}
