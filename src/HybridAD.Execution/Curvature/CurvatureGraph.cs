using HybridAD.Execution.Sweeps;
using HybridAD.Linearization;

namespace HybridAD.Execution.Curvature;

/// <summary>
/// The part of a linearised graph on which second derivatives live, made ready for sweeps. Tangents go forward through the operations upstream of a
/// curved one; those that a curved operation reads stay until the way back, the others share slots. Then the derivatives of the adjoints go backward
/// through the same operations and the curved ones, in slots of their own. Immutable.
/// </summary>
/// <remarks>
/// The way back over one edge u → v is ȧ_u += p·ȧ_v + Σ_k (ā_v·h_uk)·t_k, the sum over the operands k with which u is in a curved pair of v:
/// Griewank and Walther, Evaluating Derivatives, 2nd ed., section 5.4.
/// </remarks>
internal sealed class CurvatureGraph
{
    private CurvatureGraph(SweepGraph tangents, int slotCount, int[] targets, int[] edgeStarts, int[] sources, int[] labels,
        int[] termStarts, int[] termTangents, int[] termCoefficients)
    {
        Tangents = tangents;
        SlotCount = slotCount;
        Targets = targets;
        EdgeStarts = edgeStarts;
        Sources = sources;
        Labels = labels;
        TermStarts = termStarts;
        TermTangents = termTangents;
        TermCoefficients = termCoefficients;
    }

    /// <summary>The forward sweep.</summary>
    public SweepGraph Tangents { get; }

    /// <summary>Number of slots of the way back; the first are the inputs, the last is never filled.</summary>
    public int SlotCount { get; }

    /// <summary>The slot of each operation; the last slot if nothing curved reads what it leads to.</summary>
    public int[] Targets { get; }

    /// <summary>Where the edges of each operation start, and where the last ones end.</summary>
    public int[] EdgeStarts { get; }

    /// <summary>The slot of each edge's source.</summary>
    public int[] Sources { get; }

    /// <summary>Where each edge's label stands among the values and partials.</summary>
    public int[] Labels { get; }

    /// <summary>Where the curvature terms of each edge start, and where the last ones end.</summary>
    public int[] TermStarts { get; }

    /// <summary>The slot of each term's tangent.</summary>
    public int[] TermTangents { get; }

    /// <summary>Where each term's factor ā·h stands.</summary>
    public int[] TermCoefficients { get; }

    public static CurvatureGraph Of(CurvatureLayout layout)
    {
        var tangents = ForwardPart(layout.Curved, out var tangentSlots);
        return new Builder(layout, tangentSlots).Build(tangents);
    }

    private static SweepGraph ForwardPart(CurvedOperations curved, out int[] slots)
    {
        var graph = curved.Graph;
        var trace = graph.Trace;
        var pool = new SlotPool(trace.NodeCount, trace.InputCount);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (curved.Operands[node])
                pool.KeepForever(node);
            if (curved.Upstream[node])
                for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                    pool.Use(graph.Sources[edge], node);
        }
        var (targets, edgeEnds, sources, labels) = (new List<int>(), new List<int>(), new List<int>(), new List<int>());
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!curved.Upstream[node])
                continue;
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
            {
                sources.Add(pool.SlotOf(graph.Sources[edge]));
                labels.Add(SlotLayout.LabelSlot(graph, edge));
                pool.ReleaseAfter(graph.Sources[edge], node);
            }
            targets.Add(pool.Take(node));
            edgeEnds.Add(sources.Count);
        }
        slots = pool.Slots;
        return new SweepGraph(trace.InputCount, [.. targets], [.. edgeEnds], [.. sources], [.. labels], [], pool.Count);
    }

    private sealed class Builder
    {
        private readonly CurvatureLayout _layout;
        private readonly CurvedOperations _curved;
        private readonly LinearizedGraph _graph;
        private readonly int[] _tangentSlots;
        private readonly SlotPool _pool;
        private readonly List<int> _targets = [];
        private readonly List<int> _edgeStarts = [];
        private readonly List<int> _sources = [];
        private readonly List<int> _labels = [];
        private readonly List<int> _termStarts = [];
        private readonly List<int> _termTangents = [];
        private readonly List<int> _termCoefficients = [];

        public Builder(CurvatureLayout layout, int[] tangentSlots)
        {
            _layout = layout;
            _curved = layout.Curved;
            _graph = _curved.Graph;
            _tangentSlots = tangentSlots;
            _pool = new SlotPool(_graph.Trace.NodeCount, _graph.Trace.InputCount);
            for (var node = _graph.Trace.InputCount; node < _graph.Trace.NodeCount; node++)
                if (_curved.Upstream[node])
                    for (var edge = _graph.EdgeStarts[node]; edge < _graph.EdgeStarts[node + 1]; edge++)
                        _pool.Use(_graph.Sources[edge], node);
            foreach (var pair in _curved.Pairs)
            {
                var operands = _graph.Trace.OperandsOf(pair.Node);
                _pool.Use(operands[pair.First], pair.Node);
                _pool.Use(operands[pair.Second], pair.Node);
            }
        }

        public CurvatureGraph Build(SweepGraph tangents)
        {
            var trace = _graph.Trace;
            var nextPair = 0;
            for (var node = trace.InputCount; node < trace.NodeCount; node++)
            {
                var firstPair = nextPair;
                while (nextPair < _curved.Pairs.Length && _curved.Pairs[nextPair].Node == node)
                    nextPair++;
                if (nextPair == firstPair && !_curved.Upstream[node])
                    continue;
                _edgeStarts.Add(_sources.Count);
                AddEdges(node, firstPair, nextPair);
                // What only leads on linearly has no ȧ; −1 becomes the slot that is never filled.
                _targets.Add(_curved.Upstream[node] ? _pool.Take(node) : -1);
            }
            _edgeStarts.Add(_sources.Count);
            _termStarts.Add(_termTangents.Count);
            var empty = _pool.Count;
            return new CurvatureGraph(tangents, empty + 1, [.. _targets.Select(slot => slot < 0 ? empty : slot)], [.. _edgeStarts], [.. _sources],
                [.. _labels], [.. _termStarts], [.. _termTangents], [.. _termCoefficients]);
        }

        private void AddEdges(int node, int firstPair, int endPair)
        {
            var operands = _graph.Trace.OperandsOf(node);
            var edge = _graph.EdgeStarts[node];
            for (var position = 0; position < operands.Length && edge < _graph.EdgeStarts[node + 1]; position++)
            {
                // Edges are stored in operand order, without those of operands that do not matter.
                if (!IsEdge(node, position))
                    continue;
                var source = operands[position];
                var firstTerm = _termTangents.Count;
                for (var k = firstPair; k < endPair; k++)
                {
                    var (_, first, second) = _curved.Pairs[k];
                    if (position == first)
                        AddTerm(operands[second], k);
                    else if (position == second)
                        AddTerm(operands[first], k);
                }
                if (_curved.Upstream[node] || _termTangents.Count > firstTerm)
                {
                    _sources.Add(_pool.SlotOf(source));
                    _labels.Add(SlotLayout.LabelSlot(_graph, edge));
                    _termStarts.Add(firstTerm);
                    _pool.ReleaseAfter(source, node);
                }
                edge++;
            }
        }

        private void AddTerm(int operand, int pair)
        {
            _termTangents.Add(_tangentSlots[operand]);
            _termCoefficients.Add(_layout.Coefficients[pair]);
        }

        private bool IsEdge(int node, int position) =>
            _graph.IsActive(_graph.Trace.OperandsOf(node)[position])
            && Primitives.Primitive.Of(_graph.Trace.Operations[node]).FormOf(position) != Primitives.PartialForm.Zero;
    }
}
