using System.Numerics;
using HybridAD.Plans;

namespace HybridAD.Planning.Elimination.Search;

/// <summary>
/// Counts under <see cref="EliminationRules.Cse"/>: every edge carries its label, every product is looked up by its fingerprint.
/// </summary>
internal sealed unsafe class SharingEvaluator : Evaluator
{
    private readonly EdgeLabel[] _labels;
    private readonly (int Index, EdgeLabel Label)[] _initial;
    private readonly ProductTable _products;
    private readonly List<(int From, int To)> _vanished = [];

    public SharingEvaluator(DualGraph graph)
        : base(graph)
    {
        _labels = new EdgeLabel[N * N];
        _initial = [.. graph.Edges.Select(e => (e.From * N + e.To, e.Label))];
        _products = new ProductTable(graph.PrimalProducts);
    }

    public override long CostOf(int vertex)
    {
        var cost = 0L;
        var sources = In + vertex * Words;
        var targets = Out + vertex * Words;
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w]; bits != 0; bits &= bits - 1)
            {
                var left = _labels[(64 * w + BitOperations.TrailingZeroCount(bits)) * N + vertex];
                for (var x = 0; x < Words; x++)
                    for (var others = targets[x]; others != 0; others &= others - 1)
                    {
                        var right = _labels[vertex * N + 64 * x + BitOperations.TrailingZeroCount(others)];
                        if (!IsFree(left, right) && !_products.Contains(Fingerprint.Magnitude((left * right).Print)))
                            cost++;
                    }
            }
        return cost;
    }

    protected override void ResetLabels()
    {
        _products.Clear();
        foreach (var (index, label) in _initial)
            _labels[index] = label;
    }

    protected override long Multiply(int v, ulong* sources, ulong* targets)
    {
        var cost = 0L;
        _vanished.Clear();
        for (var w = 0; w < Words; w++)
            for (var bits = sources[w]; bits != 0; bits &= bits - 1)
            {
                var i = 64 * w + BitOperations.TrailingZeroCount(bits);
                var left = _labels[i * N + v];
                for (var x = 0; x < Words; x++)
                    for (var others = targets[x]; others != 0; others &= others - 1)
                    {
                        var k = 64 * x + BitOperations.TrailingZeroCount(others);
                        var right = _labels[v * N + k];
                        var product = left * right;
                        if (!IsFree(left, right) && _products.Add(Fingerprint.Magnitude(product.Print)))
                            cost++;
                        ref var label = ref _labels[i * N + k];
                        if (!Has(In + k * Words, i))
                        {
                            label = product;
                            Set(In + k * Words, i);
                            Set(Out + i * Words, k);
                        }
                        else
                        {
                            label += product;
                            if (label.Constant == 0)
                                _vanished.Add((i, k));
                        }
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
        return cost;
    }

    private static bool IsFree(EdgeLabel left, EdgeLabel right) => left.IsUnit || right.IsUnit || left.IsConstant && right.IsConstant;
}
