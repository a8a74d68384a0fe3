using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Linearization;

namespace HybridAD.Execution.Blocks.Passes;

/// <summary>
/// One direction through a kernel, forward or in reverse: tangents of its outputs from those of its leaves, or adjoints of its leaves from those of its
/// outputs. For a single direction no order of elimination takes fewer products than following every edge once. Immutable.
/// </summary>
internal sealed class KernelSweep
{
    private readonly LinearizedGraph _graph;
    private readonly int _leafCount;

    /// <param name="kernel">The kernel.</param>
    /// <param name="leafCount">How many of its inputs are leaves.</param>
    public KernelSweep(Trace kernel, int leafCount)
    {
        _graph = LinearizedGraph.Of(kernel, leafCount);
        _leafCount = leafCount;
    }

    /// <summary>Whether any local derivative depends on the operands.</summary>
    public bool IsCurved => _graph.Kinds.ContainsAnyExcept(LabelKind.Constant);

    /// <summary>Which leaves get an adjoint where some outputs have one.</summary>
    public bool[] LeavesOf(bool[] outputs)
    {
        var isReached = new bool[_graph.Trace.NodeCount];
        for (var output = 0; output < outputs.Length; output++)
            isReached[_graph.Trace.Outputs[output]] |= outputs[output] && _graph.IsActive(_graph.Trace.Outputs[output]);
        for (var node = _graph.Trace.NodeCount - 1; node >= _graph.Trace.InputCount; node--)
            if (isReached[node])
                foreach (var source in _graph.Sources[_graph.EdgeStarts[node].._graph.EdgeStarts[node + 1]])
                    isReached[source] = true;
        return isReached[.._leafCount];
    }

    /// <summary>Writes the adjoints of the leaves; −1 for a leaf that gets none.</summary>
    /// <param name="values">The values of the kernel.</param>
    /// <param name="code">Where the steps are written.</param>
    /// <param name="outputs">The step of every output's adjoint, −1 where it has none.</param>
    public int[] Adjoints(KernelTranslation values, KernelCodeBuilder code, int[] outputs)
    {
        var adjoints = new int[_graph.Trace.NodeCount];
        Array.Fill(adjoints, -1);
        for (var output = 0; output < outputs.Length; output++)
            if (outputs[output] >= 0 && _graph.IsActive(_graph.Trace.Outputs[output]))
                Accumulate(ref adjoints[_graph.Trace.Outputs[output]], outputs[output], code);
        for (var node = _graph.Trace.NodeCount - 1; node >= _graph.Trace.InputCount; node--)
            if (adjoints[node] >= 0)
                for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                    Accumulate(ref adjoints[_graph.Sources[edge]], code.Multiply(Label(edge, values, code), adjoints[node]), code);
        return adjoints[.._leafCount];
    }

    /// <summary>Writes the tangents of the outputs; −1 for an output that has none.</summary>
    /// <param name="values">The values of the kernel.</param>
    /// <param name="code">Where the steps are written.</param>
    /// <param name="leaf">Gives the step of a leaf's tangent; asked once for each that counts.</param>
    public int[] Tangents(KernelTranslation values, KernelCodeBuilder code, Func<int, int> leaf)
    {
        var tangents = new int[_graph.Trace.NodeCount];
        Array.Fill(tangents, -1);
        for (var input = 0; input < _leafCount; input++)
            if (_graph.IsActive(input))
                tangents[input] = leaf(input);
        for (var node = _graph.Trace.InputCount; node < _graph.Trace.NodeCount; node++)
            for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                Accumulate(ref tangents[node], code.Multiply(Label(edge, values, code), tangents[_graph.Sources[edge]]), code);
        return Array.ConvertAll(_graph.Trace.Outputs.ToArray(), output => tangents[output]);
    }

    private static void Accumulate(ref int sum, int term, KernelCodeBuilder code) => sum = sum < 0 ? term : code.Add(sum, term);

    private int Label(int edge, KernelTranslation values, KernelCodeBuilder code)
    {
        var label = _graph.Labels[edge];
        return _graph.Kinds[edge] switch
        {
            LabelKind.Constant => code.Literal(_graph.Constants[label]),
            LabelKind.NodeValue => values.ValueOf(label),
            _ => values.PartialOf(_graph.ComputedPartials[label].Node, _graph.ComputedPartials[label].Operand),
        };
    }
}
