using System.Numerics;
using HybridAD.Plans;

namespace HybridAD.Planning.Elimination.Search;

/// <summary>
/// Counts under <see cref="EliminationRules.Unit"/> and <see cref="EliminationRules.Fold"/>: two more bit matrices each way say which edges are known
/// constants and which of these are ±1; only products of two constants are looked at one by one.
/// </summary>
internal sealed unsafe class FoldingEvaluator : Evaluator
{
    private readonly bool _folds;
    private readonly double[] _values;
    private readonly ulong[] _bits;
    private readonly ulong[] _initialBits;
    private readonly ulong[] _mask;
    private readonly ulong* _symbols;
    private readonly (int Index, double Value)[] _initialValues;
    private readonly List<(int From, int To)> _vanished = [];

    // Of every vertex: which in-edges are constant, which of these ±1; the same for out-edges.
    private readonly ulong* _inConstant, _inUnit, _outConstant, _outUnit;

    public FoldingEvaluator(DualGraph graph, bool folds)
        : base(graph)
    {
        _folds = folds;
        _values = new double[N * N];
        _bits = GC.AllocateArray<ulong>(4 * N * Words + 1, pinned: true);
        _mask = GC.AllocateArray<ulong>(Words, pinned: true);
        fixed (ulong* bits = _bits, mask = _mask)
        {
            _inConstant = bits;
            _inUnit = bits + N * Words;
            _outConstant = bits + 2 * N * Words;
            _outUnit = bits + 3 * N * Words;
            _symbols = mask;
        }
        var constants = new List<(int, double)>();
        foreach (var edge in graph.Edges)
            if (edge.Label.IsConstant && (folds || edge.Label.IsUnit))
            {
                SetConstant(edge.From, edge.To, edge.Label.Constant);
                constants.Add((edge.From * N + edge.To, edge.Label.Constant));
            }
        _initialValues = [.. constants];
        _initialBits = [.. _bits];
    }

    public override long CostOf(int vertex) => Cost(vertex, In + vertex * Words, Out + vertex * Words);

    protected override void ResetLabels()
    {
        _initialBits.AsSpan().CopyTo(_bits);
        foreach (var (index, value) in _initialValues)
            _values[index] = value;
    }

    protected override long Multiply(int v, ulong* sources, ulong* targets)
    {
        var cost = Cost(v, sources, targets);
        var sourceConstant = _inConstant + v * Words;
        var targetConstant = _outConstant + v * Words;
        _vanished.Clear();
        for (var w = 0; w < Words; w++)
            for (var bits = targets[w]; bits != 0; bits &= bits - 1)
            {
                var k = 64 * w + BitOperations.TrailingZeroCount(bits);
                var row = In + k * Words;
                var constant = _inConstant + k * Words;
                var unit = _inUnit + k * Words;
                // Constant times constant stays constant; everything else that arrives makes its edge a symbol.
                var known = 0UL;
                if (Has(targetConstant, k))
                {
                    MultiplyConstants(v, k, sources, sourceConstant);
                    known = ulong.MaxValue;
                }
                for (var x = 0; x < Words; x++)
                {
                    var symbols = sources[x] & ~(sourceConstant[x] & known);
                    constant[x] &= ~symbols;
                    unit[x] &= ~symbols;
                    row[x] |= sources[x];
                }
            }
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w] & InnerMask[w]; bits != 0; bits &= bits - 1)
            {
                var i = 64 * w + BitOperations.TrailingZeroCount(bits);
                var row = Out + i * Words;
                var constant = _outConstant + i * Words;
                var unit = _outUnit + i * Words;
                var known = Has(sourceConstant, i) ? ulong.MaxValue : 0;
                for (var x = 0; x < Words; x++)
                {
                    var symbols = targets[x] & ~(targetConstant[x] & known);
                    constant[x] &= ~symbols;
                    unit[x] &= ~symbols;
                    row[x] |= targets[x];
                }
            }
        for (var k = 0; k < _vanished.Count; k++)
        {
            var (from, to) = _vanished[k];
            Clear(In + to * Words, from);
            Clear(Out + from * Words, to);
            ClearConstant(from, to);
        }
        // Only now: pruning may recurse, but it multiplies nothing.
        for (var k = 0; k < _vanished.Count; k++)
        {
            Prune(_vanished[k].To);
            Prune(_vanished[k].From);
        }
        return cost;
    }

    private void MultiplyConstants(int v, int k, ulong* sources, ulong* sourceConstant)
    {
        var right = _values[v * N + k];
        var row = In + k * Words;
        var constant = _inConstant + k * Words;
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w] & sourceConstant[w]; bits != 0; bits &= bits - 1)
            {
                var i = 64 * w + BitOperations.TrailingZeroCount(bits);
                var product = _values[i * N + v] * right;
                if (!Has(row, i))
                {
                    SetConstant(i, k, product);
                }
                else if (Has(constant, i))
                {
                    var sum = _values[i * N + k] + product;
                    if (!_folds)
                        ClearConstant(i, k);
                    else if (sum == 0)
                        _vanished.Add((i, k));
                    else
                        SetConstant(i, k, sum);
                }
            }
    }

    private long Cost(int v, ulong* sources, ulong* targets)
    {
        var constantIn = _inConstant + v * Words;
        var unitIn = _inUnit + v * Words;
        var constantOut = _outConstant + v * Words;
        var unitOut = _outUnit + v * Words;
        var (ins, outs, constantIns, constantOuts) = (0, 0, 0, 0);
        for (var w = 0; w < Words; w++)
        {
            ins += BitOperations.PopCount(sources[w] & ~unitIn[w]);
            outs += BitOperations.PopCount(targets[w] & ~unitOut[w]);
            constantIns += BitOperations.PopCount(sources[w] & constantIn[w] & ~unitIn[w]);
            constantOuts += BitOperations.PopCount(targets[w] & constantOut[w] & ~unitOut[w]);
        }
        return (long)ins * outs - (long)constantIns * constantOuts;
    }

    private void SetConstant(int from, int to, double value)
    {
        _values[from * N + to] = value;
        Set(_inConstant + to * Words, from);
        Set(_outConstant + from * Words, to);
        if (value is 1 or -1)
        {
            Set(_inUnit + to * Words, from);
            Set(_outUnit + from * Words, to);
        }
        else
        {
            Clear(_inUnit + to * Words, from);
            Clear(_outUnit + from * Words, to);
        }
    }

    private void ClearConstant(int from, int to)
    {
        Clear(_inConstant + to * Words, from);
        Clear(_outConstant + from * Words, to);
        Clear(_inUnit + to * Words, from);
        Clear(_outUnit + from * Words, to);
    }
}
