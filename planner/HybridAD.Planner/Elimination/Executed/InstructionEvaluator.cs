using System.Numerics;
using HybridAD.Elimination;
using HybridAD.Planning.Elimination.Search;

namespace HybridAD.Planning.Elimination.Executed;

/// <summary>
/// Counts the instructions that an elimination order takes when it is run: what <see cref="EliminationBuilder"/> writes, by the same algebra of labels.
/// </summary>
internal sealed unsafe class InstructionEvaluator : Evaluator
{
    private readonly EliminationBlock _block;
    private readonly CountingAlgebra _algebra;

    // Where the label of each pair of vertices is: few pairs ever have an edge, and labels of all of them would not stay in the cache. Pairs are given places as they
    // get their first edge; those of the graph have the first ones.
    private readonly int[] _places;
    private Factor[] _labels;
    private readonly Factor[] _initial;
    private int _placeCount;
    private readonly List<(int From, int To)> _vanished = [];
    private bool[] _taken = [];

    public InstructionEvaluator(EliminationBlock block)
        : base(block.Graph)
    {
        _block = block;
        _algebra = new CountingAlgebra(block);
        _places = new int[N * N];
        Array.Fill(_places, -1);
        _initial = block.Labels;
        _labels = new Factor[2 * _initial.Length + 1];
        foreach (var edge in block.Graph.Edges)
            _places[edge.From * N + edge.To] = _placeCount++;
    }

    public override long CostOf(int vertex)
    {
        var cost = 0L;
        var sources = In + vertex * Words;
        var targets = Out + vertex * Words;
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w]; bits != 0; bits &= bits - 1)
            {
                var i = 64 * w + BitOperations.TrailingZeroCount(bits);
                ref readonly var left = ref LabelOf(i, vertex);
                for (var x = 0; x < Words; x++)
                    for (var others = targets[x]; others != 0; others &= others - 1)
                    {
                        var k = 64 * x + BitOperations.TrailingZeroCount(others);
                        ref readonly var right = ref LabelOf(vertex, k);
                        if (!left.IsConstant && !right.IsConstant)
                            cost++;
                        else if (Has(In + k * Words, i))
                            cost += left.IsProduct || right.IsProduct || LabelOf(i, k).IsProduct || left.IsConstant && right.IsConstant && LabelOf(i, k).IsConstant ? 0 : 1;
                    }
            }
        return cost;
    }

    protected override void ResetLabels()
    {
        _algebra.Reset();
        Array.Copy(_initial, _labels, _initial.Length);
    }

    protected override long Multiply(int v, ulong* sources, ulong* targets)
    {
        var before = _algebra.Count;
        _vanished.Clear();
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w]; bits != 0; bits &= bits - 1)
            {
                var i = 64 * w + BitOperations.TrailingZeroCount(bits);
                for (var x = 0; x < Words; x++)
                    for (var others = targets[x]; others != 0; others &= others - 1)
                    {
                        var k = 64 * x + BitOperations.TrailingZeroCount(others);
                        var product = _algebra.Product(ref LabelOf(i, v), ref LabelOf(v, k));
                        if (product.Coefficient == 0)
                            continue;
                        if (Has(In + k * Words, i))
                        {
                            ref var label = ref LabelOf(i, k);
                            label = _algebra.Sum(label, product);
                            if (label.IsConstant && label.Coefficient == 0)
                                _vanished.Add((i, k));
                            continue;
                        }
                        NewLabel(i, k) = product;
                        Set(In + k * Words, i);
                        Set(Out + i * Words, k);
                    }
            }
        foreach (var (from, to) in _vanished)
        {
            Clear(In + to * Words, from);
            Clear(Out + from * Words, to);
        }
        for (var k = 0; k < _vanished.Count; k++)
        {
            Prune(_vanished[k].To);
            Prune(_vanished[k].From);
        }
        return _algebra.Count - before;
    }

    /// <summary>What it takes to bring the remaining labels into the Jacobian: products still waiting, and numbers that stand elsewhere.</summary>
    protected override long Finish()
    {
        var cost = _algebra.Count;
        if (_taken.Length < _algebra.SlotCount)
            _taken = new bool[2 * _algebra.SlotCount];
        else
            Array.Clear(_taken, 0, _algebra.SlotCount);
        var copies = 0;
        for (var k = _block.Graph.InnerCount + _block.Graph.InputCount; k < N; k++)
            for (var w = 0; w < Words; w++)
                for (var bits = In[k * Words + w]; bits != 0; bits &= bits - 1)
                {
                    var label = _algebra.Fusable(LabelOf(64 * w + BitOperations.TrailingZeroCount(bits), k));
                    if (label.IsConstant)
                        continue;
                    if (label.IsProduct || label.Coefficient != 1 || !_algebra.IsWritten(label.Left) || _taken[label.Left])
                        copies++;
                    else
                        _taken[label.Left] = true;
                }
        return _algebra.Count - cost + copies;
    }

    /// <summary>The label of an edge.</summary>
    private ref Factor LabelOf(int from, int to) => ref _labels[_places[from * N + to]];

    /// <summary>The label of an edge that was not there, for the caller to write.</summary>
    private ref Factor NewLabel(int from, int to)
    {
        ref var place = ref _places[from * N + to];
        if (place < 0)
        {
            place = _placeCount++;
            if (place == _labels.Length)
                Array.Resize(ref _labels, 2 * place);
        }
        return ref _labels[place];
    }
}
