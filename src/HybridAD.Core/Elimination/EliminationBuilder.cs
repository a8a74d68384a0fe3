using HybridAD.Errors;
using HybridAD.Linearization;
using HybridAD.Plans;

namespace HybridAD.Elimination;

/// <summary>
/// Writes the accumulation program of an elimination order: the order is performed once on symbols, and what cannot be settled now becomes
/// instructions.
/// </summary>
/// <remarks>
/// Products with ±1 are free, constants are multiplied now, a product and a sum make one instruction, equal products are computed once, and those that
/// the function computes itself not at all. Griewank and Walther, Evaluating Derivatives, 2nd ed., sections 9.2 and 9.3.
/// </remarks>
public sealed class EliminationBuilder
{
    private readonly LinearizedGraph _graph;
    private readonly SparsityPattern _pattern;
    private readonly int _inputCount;
    private readonly int _nodeCount;
    private readonly LabelGraph _edges;
    private readonly ProgramAlgebra _algebra;
    private readonly List<int> _ins = [];
    private readonly List<int> _outs = [];

    private EliminationBuilder(LinearizedGraph graph, SparsityPattern pattern, bool reusesValues)
    {
        _graph = graph;
        _pattern = pattern;
        _inputCount = graph.Trace.InputCount;
        _nodeCount = graph.Trace.NodeCount;
        _edges = new LabelGraph(_nodeCount + graph.Trace.OutputCount);
        _algebra = new ProgramAlgebra(graph, reusesValues);
    }

    /// <summary>Writes the program, or returns null when it would take more than <paramref name="budget"/> instructions.</summary>
    /// <param name="graph">The linearised graph.</param>
    /// <param name="pattern">The pattern of the Jacobian; must contain every structural nonzero of the graph.</param>
    /// <param name="steps">A complete order in the node ids of the trace. Steps that find no edge do nothing.</param>
    /// <param name="budget">The most instructions to write.</param>
    /// <param name="reusesValues">Whether products that the function computes are read instead of computed again. Where a value is NaN because 0 met ∞,
    /// the derivative, in which 0 wins, needs the product itself.</param>
    /// <exception cref="HybridAdException">The order is not complete (HAD5004).</exception>
    public static AccumulationProgram? Build(
        LinearizedGraph graph, SparsityPattern pattern, ReadOnlySpan<EliminationStep> steps, long budget = long.MaxValue, bool reusesValues = true)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(pattern);
        return new EliminationBuilder(graph, pattern, reusesValues).Build(steps, budget);
    }

    private AccumulationProgram? Build(ReadOnlySpan<EliminationStep> steps, long budget)
    {
        var outputs = _graph.Trace.Outputs;
        for (var node = _inputCount; node < _nodeCount; node++)
            for (var edge = _graph.EdgeStartArray[node]; edge < _graph.EdgeStartArray[node + 1]; edge++)
                Contribute(_graph.SourceArray[edge], node, _graph.Kinds[edge] == LabelKind.Constant
                    ? Factor.Constant(_graph.Constants[_graph.Labels[edge]])
                    : Factor.Slot(SlotLayout.LabelSlot(_graph, edge)));
        // Every output ends in a vertex of its own, numbered after the nodes.
        for (var row = 0; row < outputs.Length; row++)
            if (_graph.IsActive(outputs[row]))
                Contribute(outputs[row], _nodeCount + row, Factor.Constant(1));
        foreach (var step in steps)
        {
            Take(step);
            if (_algebra.Writer.Count > budget)
                return null;
        }
        // What is an output and nothing else is never eliminated by an order; its edges pass through to the row.
        foreach (var output in outputs)
            if (output >= _inputCount)
                Take(EliminationStep.Vertex(output));
        return _algebra.Writer.Count > budget ? null : WriteEntries();
    }

    private void Take(EliminationStep step)
    {
        var (from, to) = (step.From, step.To);
        _ins.Clear();
        _outs.Clear();
        if (step.Kind == EliminationKind.Vertex)
        {
            _edges.Into(from, _ins);
            _edges.OutOf(from, _outs);
        }
        else if (_edges.Find(from, to) is var edge and >= 0)
        {
            var front = step.Kind == EliminationKind.FrontEdge;
            (front ? _ins : _outs).Add(edge);
            if (front)
                _edges.OutOf(to, _outs);
            else
                _edges.Into(from, _ins);
        }
        foreach (var i in _ins)
            foreach (var k in _outs)
            {
                var product = _algebra.Product(ref _edges.LabelOf(i), ref _edges.LabelOf(k));
                Contribute(_edges.From(i), _edges.To(k), product);
            }
        foreach (var edge in step.Kind == EliminationKind.BackEdge ? [] : _ins)
            _edges.Remove(edge);
        foreach (var edge in step.Kind == EliminationKind.FrontEdge ? [] : _outs)
            _edges.Remove(edge);
    }

    private void Contribute(int from, int to, Factor label)
    {
        if (label.Coefficient == 0)
            return;
        var edge = _edges.Find(from, to);
        if (edge < 0)
        {
            _edges.Add(from, to, label);
            return;
        }
        var sum = _algebra.Sum(_edges.LabelOf(edge), label);
        if (sum.IsConstant && sum.Coefficient == 0)
            _edges.Remove(edge);
        else
            _edges.LabelOf(edge) = sum;
    }

    private AccumulationProgram WriteEntries()
    {
        var template = new double[_pattern.NonzeroCount];
        var entryOf = new int[_inputCount];
        var moved = new Dictionary<int, int>();
        for (var row = 0; row < _pattern.RowCount; row++)
        {
            var columns = _pattern.Row(row);
            for (var k = 0; k < columns.Length; k++)
                entryOf[columns[k]] = _pattern.RowStarts[row] + k;
            _ins.Clear();
            _edges.Into(_nodeCount + row, _ins);
            foreach (var edge in _ins)
            {
                if (_edges.From(edge) >= _inputCount)
                    throw new HybridAdException(ErrorCodes.InvalidPlan,
                        $"The plan does not fit the function: node {_edges.From(edge)} is not eliminated. Plan it again.");
                WriteEntry(entryOf[_edges.From(edge)], _algebra.Fusable(_edges.LabelOf(edge)), template, moved);
            }
        }
        _algebra.Writer.ReuseKept(moved);
        return _algebra.Finish(_pattern, template);
    }

    private void WriteEntry(int entry, Factor label, double[] template, Dictionary<int, int> moved)
    {
        if (label.IsConstant)
            template[entry] = label.Coefficient;
        else if (label.IsProduct || label.Coefficient != 1 || !AccumulationWriter.IsKept(label.Left) || !moved.TryAdd(label.Left, entry))
            _algebra.Writer.Assign(AccumulationWriter.Entry(entry), label);
    }
}
