using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Lanes;
using HybridAD.Linearization;

namespace HybridAD.Execution.Curvature;

/// <summary>Computes the adjoint of every node of a weighted sum of the outputs and multiplies the second partials by it. Immutable.</summary>
internal sealed class AdjointSweep
{
    private readonly LinearizedGraph _graph;
    private readonly CurvatureLayout _layout;
    private readonly int[] _labels;

    public AdjointSweep(CurvatureLayout layout)
    {
        _layout = layout;
        _graph = layout.Curved.Graph;
        _labels = new int[_graph.EdgeCount];
        for (var edge = 0; edge < _labels.Length; edge++)
            _labels[edge] = SlotLayout.LabelSlot(_graph, edge);
    }

    /// <summary>Runs the sweep; false if a NaN came up in the gradient or in a curvature.</summary>
    /// <param name="slots">The numbers: values and partials stand, second partials become curvatures, adjoints are written.</param>
    /// <param name="weights">One weight per output.</param>
    /// <param name="carefully">Whether zero wins over ∞ and NaN in products.</param>
    public bool Run(double[] slots, ReadOnlySpan<double> weights, bool carefully)
    {
        var adjoints = slots.AsSpan(_layout.AdjointStart, _graph.Trace.NodeCount);
        adjoints.Clear();
        var outputs = _graph.Trace.Outputs;
        for (var row = 0; row < outputs.Length; row++)
            if (_graph.IsActive(outputs[row]))
                adjoints[outputs[row]] += weights[row];
        if (carefully)
            SweepCarefully(slots, adjoints);
        else
            Sweep(slots, adjoints);
        var clean = true;
        for (var k = 0; k < _layout.Computed.Length; k++)
        {
            ref var second = ref slots[_layout.SecondStart + k];
            var adjoint = adjoints[_layout.Computed[k].Node];
            second = carefully && (adjoint == 0 || second == 0) ? 0 : adjoint * second;
            clean &= !double.IsNaN(second);
        }
        for (var input = 0; input < _graph.Trace.InputCount; input++)
            clean &= !double.IsNaN(adjoints[input]);
        return clean;
    }

    private void Sweep(double[] slots, Span<double> adjoints)
    {
        if (_labels.Length == 0)
            return;
        ref var w = ref slots[0];
        ref var adjoint = ref adjoints[0];
        ref var label = ref _labels[0];
        ref var source = ref MemoryMarshal.GetReference(_graph.Sources);
        ref var start = ref MemoryMarshal.GetReference(_graph.EdgeStarts);
        nint edge = _labels.Length;
        for (nint node = _graph.Trace.NodeCount - 1; edge > 0; node--)
        {
            var factor = Unsafe.Add(ref adjoint, node);
            nint first = Unsafe.Add(ref start, node);
            while (--edge >= first)
            {
                // Fused as in the sweeps, so that a gradient has the same bits from both.
                ref var sum = ref Unsafe.Add(ref adjoint, Unsafe.Add(ref source, edge));
                sum = Fused.MultiplyAdd(factor, Unsafe.Add(ref w, Unsafe.Add(ref label, edge)), sum);
            }
            edge = first;
        }
    }

    private void SweepCarefully(double[] slots, Span<double> adjoints)
    {
        for (var node = _graph.Trace.NodeCount - 1; node >= _graph.Trace.InputCount; node--)
        {
            if (adjoints[node] == 0)
                continue;
            for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                if (slots[_labels[edge]] != 0)
                    adjoints[_graph.Sources[edge]] += adjoints[node] * slots[_labels[edge]];
        }
    }
}
