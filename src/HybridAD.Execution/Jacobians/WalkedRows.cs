using HybridAD.Lanes;
using HybridAD.Linearization;

namespace HybridAD.Execution.Jacobians;

/// <summary>
/// Differentiates every row in reverse by walking over its operations, where a program that does the same two to four times faster would not be run often
/// enough to pay for being written.
/// </summary>
internal sealed class WalkedRows(CompiledTrace function, SparsityPattern pattern) : JacobianExecutor(function, pattern)
{
    public override int SweepCount => 0;

    /// <summary>One adjoint for each node, after the numbers of the function; all are zero between evaluations.</summary>
    public override int SlotCount => AdjointStart + Function.Trace.NodeCount;

    private int AdjointStart => Function.SlotCount;

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        var graph = Function.Graph;
        var cones = new Cones(graph, workspace);
        var adjoints = slots.AsSpan(AdjointStart, Function.Trace.NodeCount);
        var outputs = Function.Trace.Outputs;
        for (var row = 0; row < outputs.Length; row++)
        {
            var columns = Pattern.Row(row);
            if (columns.IsEmpty)
                continue;
            if (graph.IsActive(outputs[row]))
            {
                adjoints[outputs[row]] = 1;
                var nodes = cones.Of(outputs[row], row);
                if (carefully)
                    PropagateCarefully(graph, nodes, slots, adjoints);
                else
                    Propagate(graph, nodes, slots, adjoints);
            }
            var first = Pattern.RowStarts[row];
            for (var k = 0; k < columns.Length; k++)
            {
                entries[first + k] = adjoints[columns[k]];
                adjoints[columns[k]] = 0;
            }
        }
    }

    /// <summary>From the output, the last of the nodes, to the inputs.</summary>
    private static void Propagate(LinearizedGraph graph, ReadOnlySpan<int> nodes, double[] slots, Span<double> adjoints)
    {
        for (var k = nodes.Length - 1; k >= 0; k--)
        {
            var node = nodes[k];
            var adjoint = adjoints[node];
            adjoints[node] = 0;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                ref var sum = ref adjoints[graph.Sources[edge]];
                sum = Fused.MultiplyAdd(adjoint, slots[SlotLayout.LabelSlot(graph, edge)], sum);
            }
        }
    }

    private static void PropagateCarefully(LinearizedGraph graph, ReadOnlySpan<int> nodes, double[] slots, Span<double> adjoints)
    {
        for (var k = nodes.Length - 1; k >= 0; k--)
        {
            var node = nodes[k];
            var adjoint = adjoints[node];
            adjoints[node] = 0;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                var label = slots[SlotLayout.LabelSlot(graph, edge)];
                adjoints[graph.Sources[edge]] += adjoint == 0 || label == 0 ? 0 : adjoint * label;
            }
        }
    }

    /// <summary>The operations that an output depends on, operands before what reads them: the order in which a walk in depth leaves them.</summary>
    private readonly ref struct Cones
    {
        private readonly ReadOnlySpan<int> _starts;
        private readonly ReadOnlySpan<int> _sources;
        private readonly int _inputCount;
        private readonly Span<int> _lastRow;
        private readonly Span<int> _order;
        private readonly Span<int> _path;
        private readonly Span<int> _nextEdge;

        public Cones(LinearizedGraph graph, Workspace workspace)
        {
            var count = graph.Trace.NodeCount;
            _starts = graph.EdgeStarts;
            _sources = graph.Sources;
            _inputCount = graph.Trace.InputCount;
            var memory = workspace.Integers(4L * count).AsSpan();
            _lastRow = memory[..count];
            _order = memory.Slice(count, count);
            _path = memory.Slice(2 * count, count);
            _nextEdge = memory.Slice(3 * count, count);
            _lastRow.Fill(-1);
        }

        public ReadOnlySpan<int> Of(int output, int row)
        {
            if (output < _inputCount)
                return [];
            var (depth, count) = (0, 0);
            (_path[0], _nextEdge[0], _lastRow[output]) = (output, _starts[output], row);
            while (depth >= 0)
            {
                var node = _path[depth];
                if (_nextEdge[depth] == _starts[node + 1])
                {
                    _order[count++] = node;
                    depth--;
                    continue;
                }
                var source = _sources[_nextEdge[depth]++];
                if (source < _inputCount || _lastRow[source] == row)
                    continue;
                depth++;
                (_path[depth], _nextEdge[depth], _lastRow[source]) = (source, _starts[source], row);
            }
            return _order[..count];
        }
    }
}
