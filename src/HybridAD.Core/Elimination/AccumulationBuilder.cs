using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Linearization;

namespace HybridAD.Elimination;

/// <summary>
/// Writes the accumulation program that differentiates every output, and every node chosen to keep its sparse gradient, by a reverse sweep of its own
/// cone: down to the inputs and to kept nodes, whose gradients are then merged in. No node kept is row-wise reverse mode; every node kept is sparse
/// forward mode; what lies between is the hybrid.
/// </summary>
/// <remarks>Products with ±1 cost nothing, products of constants are done now, and entries that do not depend on the point get no instruction.</remarks>
public sealed class AccumulationBuilder
{
    private readonly LinearizedGraph _graph;
    private readonly SparsityPattern _pattern;
    private readonly bool[] _kept;
    private readonly long _budget;
    private readonly int _inputCount;
    private readonly int[] _edgeStarts;
    private readonly int[] _sources;
    private readonly AccumulationWriter _writer;
    private readonly Factor[] _edgeFactors;
    private readonly Factor[] _adjoints;
    private readonly int[] _reached;
    private readonly int[] _entryOf;
    private readonly Gradient?[] _gradients;
    private readonly List<int> _cone = [];
    private readonly List<int> _inputsReached = [];
    private readonly Growing<int> _pending = new();
    private readonly double[] _template;
    private readonly int[] _rowInstructions;
    private readonly Growing<KeptCost> _keptInstructions = new();
    private int _stamp;
    private int _row;
    private long _visited;

    private AccumulationBuilder(LinearizedGraph graph, SparsityPattern pattern, bool[] kept, long budget)
    {
        _graph = graph;
        _pattern = pattern;
        _kept = kept;
        _budget = budget;
        _inputCount = graph.Trace.InputCount;
        _edgeStarts = graph.EdgeStartArray;
        _sources = graph.SourceArray;
        _writer = new AccumulationWriter(SlotLayout.End(graph));
        _adjoints = new Factor[graph.Trace.NodeCount];
        _reached = new int[graph.Trace.NodeCount];
        _entryOf = new int[_inputCount];
        _gradients = new Gradient?[graph.Trace.NodeCount];
        _template = new double[pattern.NonzeroCount];
        _rowInstructions = new int[graph.Trace.OutputCount];
        _edgeFactors = new Factor[graph.EdgeCount];
        for (var edge = 0; edge < graph.EdgeCount; edge++)
            _edgeFactors[edge] = graph.Kinds[edge] == LabelKind.Constant
                ? Factor.Constant(graph.Constants[graph.Labels[edge]])
                : Factor.Slot(SlotLayout.LabelSlot(graph, edge));
    }

    /// <summary>Writes the program, or returns null when it would take more than <paramref name="budget"/> instructions.</summary>
    /// <param name="graph">The linearised graph.</param>
    /// <param name="pattern">The pattern of the Jacobian; must contain every structural nonzero of the graph.</param>
    /// <param name="keptNodes">Operations that keep their sparse gradient.</param>
    /// <param name="budget">The most instructions to write; eight times as many edges may be visited on the way.</param>
    public static AccumulationProgram? Build(LinearizedGraph graph, SparsityPattern pattern, ReadOnlySpan<int> keptNodes, long budget = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(pattern);
        var kept = new bool[graph.Trace.NodeCount];
        foreach (var node in keptNodes)
            kept[node] = node >= graph.Trace.InputCount && graph.IsActive(node);
        return new AccumulationBuilder(graph, pattern, kept, budget).Build();
    }

    private AccumulationProgram? Build()
    {
        for (var node = 0; node < _kept.Length; node++)
        {
            if (!_kept[node])
                continue;
            _row = -1;
            var before = _writer.Count;
            if (!Sweep(node))
                return null;
            _gradients[node] = TakeGradient();
            _keptInstructions.Add(new KeptCost(node, _writer.Count - before));
        }
        var outputs = _graph.Trace.Outputs;
        for (_row = 0; _row < outputs.Length; _row++)
        {
            var node = outputs[_row];
            if (!_graph.IsActive(node))
                continue;
            var start = _writer.Count;
            var columns = _pattern.Row(_row);
            for (var k = 0; k < columns.Length; k++)
                _entryOf[columns[k]] = _pattern.RowStarts[_row] + k;
            if (_kept[node])
                WriteGradient(_gradients[node]!);
            else if (!Sweep(node))
                return null;
            else
                WriteAdjoints();
            _rowInstructions[_row] = _writer.Count - start;
        }
        return _writer.Finish(_pattern, _template, _rowInstructions, _keptInstructions.ToArray());
    }

    /// <summary>Reverse sweep from a root through its cone; leaves the adjoints of the reached inputs.</summary>
    private bool Sweep(int root)
    {
        _writer.ReleaseScratch();
        _stamp++;
        _inputsReached.Clear();
        if (root < _inputCount)
        {
            Reach(root);
            _adjoints[root] = Factor.Constant(1);
            return true;
        }
        CollectCone(root);
        _adjoints[root] = Factor.Constant(1);
        foreach (var node in CollectionsMarshal.AsSpan(_cone))
        {
            var adjoint = Resolve(node);
            if (node != root && _kept[node])
            {
                var gradient = _gradients[node]!;
                // Products of constants are no instructions, but take their time.
                _visited += gradient.Inputs.Length;
                for (var k = 0; k < gradient.Inputs.Length; k++)
                {
                    if (_reached[gradient.Inputs[k]] != _stamp)
                        Reach(gradient.Inputs[k]);
                    Contribute(gradient.Inputs[k], adjoint.Times(gradient.Factors[k]));
                }
            }
            else
            {
                for (var edge = _edgeStarts[node]; edge < _edgeStarts[node + 1]; edge++)
                    Contribute(_sources[edge], adjoint.Times(_edgeFactors[edge]));
            }
            if (_writer.Count > _budget || _visited > 8 * Math.Min(_budget, long.MaxValue / 8))
                return false;
        }
        return true;
    }

    /// <summary>The nodes between the root and its leaves, in decreasing order of id: a reverse topological order.</summary>
    private void CollectCone(int root)
    {
        _cone.Clear();
        _pending.Push(root);
        _reached[root] = _stamp;
        var lowest = root;
        while (_pending.TryPop(out var node))
        {
            _cone.Add(node);
            lowest = Math.Min(lowest, node);
            _adjoints[node] = default;
            if (node != root && _kept[node])
                continue;
            for (var edge = _edgeStarts[node]; edge < _edgeStarts[node + 1]; edge++)
            {
                _visited++;
                var source = _sources[edge];
                if (_reached[source] == _stamp)
                    continue;
                if (source < _inputCount)
                {
                    Reach(source);
                    continue;
                }
                _reached[source] = _stamp;
                _pending.Push(source);
            }
        }
        if ((long)_cone.Count * 8 < root - lowest)
        {
            _cone.Sort(static (a, b) => b.CompareTo(a));
            return;
        }
        // A cone that fills its range of ids is cheaper to scan than to sort.
        _cone.Clear();
        for (var node = root; node >= lowest; node--)
            if (_reached[node] == _stamp)
                _cone.Add(node);
    }

    private void Reach(int input)
    {
        _reached[input] = _stamp;
        _adjoints[input] = default;
        _inputsReached.Add(input);
    }

    /// <summary>Adds a product to the adjoint of a node; while there is only one, it stays symbolic.</summary>
    private void Contribute(int node, Factor product)
    {
        ref var sum = ref _adjoints[node];
        if (sum.IsEmpty)
        {
            sum = product;
        }
        else if (sum.IsConstant && product.IsConstant)
        {
            sum = Factor.Constant(sum.Coefficient + product.Coefficient);
        }
        else
        {
            if (!sum.IsAccumulator)
            {
                var slot = NewAccumulator(node);
                _writer.Assign(slot, sum);
                sum = Factor.Accumulator(slot);
            }
            _writer.Add(sum.Left, product);
        }
    }

    /// <summary>Inputs accumulate where their result belongs: in the Jacobian entry, or in a slot that outlives the sweep.</summary>
    private int NewAccumulator(int node) =>
        node >= _inputCount ? _writer.NewScratch() : _row < 0 ? _writer.NewKept() : AccumulationWriter.Entry(_entryOf[node]);

    /// <summary>The adjoint of a node as coefficient · slot, a product being multiplied out.</summary>
    private Factor Resolve(int node)
    {
        var adjoint = _adjoints[node];
        if (adjoint.IsAccumulator)
            return Factor.Slot(adjoint.Left);
        if (!adjoint.IsProduct)
            return adjoint;
        var slot = _writer.NewScratch();
        _writer.Assign(slot, adjoint.WithCoefficient(1));
        return Factor.Scaled(adjoint.Coefficient, slot);
    }

    private Gradient TakeGradient()
    {
        var inputs = _inputsReached.ToArray();
        Array.Sort(inputs);
        var factors = new Factor[inputs.Length];
        for (var k = 0; k < inputs.Length; k++)
        {
            var adjoint = _adjoints[inputs[k]];
            if (adjoint.IsAccumulator)
            {
                factors[k] = Factor.Slot(adjoint.Left);
            }
            else if (adjoint.IsConstant)
            {
                factors[k] = adjoint;
            }
            else
            {
                // The factors may lie in scratch, which the next root reuses.
                var slot = _writer.NewKept();
                _writer.Assign(slot, adjoint.WithCoefficient(1));
                factors[k] = Factor.Scaled(adjoint.Coefficient, slot);
            }
        }
        return new Gradient(inputs, factors);
    }

    private void WriteAdjoints()
    {
        foreach (var input in CollectionsMarshal.AsSpan(_inputsReached))
            WriteEntry(_entryOf[input], _adjoints[input]);
    }

    private void WriteGradient(Gradient gradient)
    {
        for (var k = 0; k < gradient.Inputs.Length; k++)
            WriteEntry(_entryOf[gradient.Inputs[k]], gradient.Factors[k]);
    }

    private void WriteEntry(int entry, Factor value)
    {
        if (value.IsConstant)
            _template[entry] = value.Coefficient;
        else if (!value.IsAccumulator)
            _writer.Assign(AccumulationWriter.Entry(entry), value);
    }

    private sealed record Gradient(int[] Inputs, Factor[] Factors);
}
