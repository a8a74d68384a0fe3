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
    private readonly LabelRow[] _labels;
    private readonly List<(int From, int To)> _vanished = [];
    private bool[] _taken = [];

    public InstructionEvaluator(EliminationBlock block)
        : base(block.Graph)
    {
        _block = block;
        _algebra = new CountingAlgebra(block);
        _labels = new LabelRow[N];
        for (var v = 0; v < N; v++)
            _labels[v] = new LabelRow(N);
        for (var e = 0; e < block.Labels.Length; e++)
            _labels[block.Graph.Edges[e].From].Add(block.Graph.Edges[e].To) = block.Labels[e];
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
                var row = _labels[i];
                ref readonly var left = ref row.Of(vertex);
                for (var x = 0; x < Words; x++)
                    for (var others = targets[x]; others != 0; others &= others - 1)
                    {
                        var k = 64 * x + BitOperations.TrailingZeroCount(others);
                        ref readonly var right = ref _labels[vertex].Of(k);
                        if (!left.IsConstant && !right.IsConstant)
                            cost++;
                        else if (Has(In + k * Words, i))
                            cost += left.IsProduct || right.IsProduct || row.Of(k).IsProduct || left.IsConstant && right.IsConstant && row.Of(k).IsConstant ? 0 : 1;
                    }
            }
        return cost;
    }

    protected override void ResetLabels()
    {
        _algebra.Reset();
        foreach (var row in _labels)
            row.Reset();
    }

    protected override long Multiply(int v, ulong* sources, ulong* targets)
    {
        var before = _algebra.Count;
        _vanished.Clear();
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w]; bits != 0; bits &= bits - 1)
            {
                var i = 64 * w + BitOperations.TrailingZeroCount(bits);
                var row = _labels[i];
                for (var x = 0; x < Words; x++)
                    for (var others = targets[x]; others != 0; others &= others - 1)
                    {
                        var k = 64 * x + BitOperations.TrailingZeroCount(others);
                        var product = _algebra.Product(ref row.Of(v), ref _labels[v].Of(k));
                        if (product.Coefficient == 0)
                            continue;
                        if (Has(In + k * Words, i))
                        {
                            ref var label = ref row.Of(k);
                            label = _algebra.Sum(label, product);
                            if (label.IsConstant && label.Coefficient == 0)
                                _vanished.Add((i, k));
                            continue;
                        }
                        row.Add(k) = product;
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
    public override long Finish()
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
                    var label = _algebra.Fusable(_labels[64 * w + BitOperations.TrailingZeroCount(bits)].Of(k));
                    if (label.IsConstant)
                        continue;
                    if (label.IsProduct || label.Coefficient != 1 || !_algebra.IsWritten(label.Left) || _taken[label.Left])
                        copies++;
                    else
                        _taken[label.Left] = true;
                }
        return _algebra.Count - cost + copies;
    }
}
