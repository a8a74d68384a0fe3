using HybridAD.Graph;
using HybridAD.Linearization;

namespace HybridAD.Elimination;

/// <summary>Labels whose products and sums are written as a program.</summary>
internal sealed class ProgramAlgebra : LabelAlgebra
{
    private readonly Dictionary<(int Left, int Right), int> _products = [];
    private readonly int _nodeCount;
    private bool _readsValues;

    public ProgramAlgebra(LinearizedGraph graph, bool reusesValues)
    {
        _nodeCount = graph.Trace.NodeCount;
        Writer = new AccumulationWriter(SlotLayout.End(graph));
        if (!reusesValues)
            return;
        foreach (var (left, right, node) in PrimalProducts.Of(graph))
            _products.TryAdd((left, right), node);
    }

    public AccumulationWriter Writer { get; }

    public AccumulationProgram Finish(SparsityPattern pattern, double[] template)
    {
        var program = Writer.Finish(pattern, template, [], []);
        program.ReadsProducts = _readsValues;
        return program;
    }

    protected override int Write(Factor factor, int addend)
    {
        var slot = Writer.NewKept();
        if (addend == None)
            Writer.Assign(slot, factor);
        else
            Writer.Fuse(slot, factor, addend);
        return slot;
    }

    protected override int Constant(double value) => Writer.ConstantSlot(value);

    protected override int Find(int left, int right)
    {
        if (!_products.TryGetValue((left, right), out var slot))
            return None;
        _readsValues |= slot < _nodeCount;
        return slot;
    }

    protected override void Remember(int left, int right, int slot) => _products.Add((left, right), slot);
}

/// <summary>The products that a function computes itself, as pairs of slots and the slot of the result.</summary>
internal static class PrimalProducts
{
    /// <summary>Products of values, squares, and quotients (the value of the dividend times the partial 1/divisor); the smaller slot first.</summary>
    public static IEnumerable<(int Left, int Right, int Node)> Of(LinearizedGraph graph)
    {
        var trace = graph.Trace;
        var live = Activity.Live(trace);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (!live[node])
                continue;
            var operation = trace.Operations[node];
            if (operation == Op.Mul)
                yield return Ordered(trace.RawA(node), trace.RawB(node), node);
            else if (operation == Op.Square)
                yield return (trace.RawA(node), trace.RawA(node), node);
            else if (operation == Op.Div && graph.EdgeStarts[node] < graph.EdgeStarts[node + 1] && graph.Kinds[graph.EdgeStarts[node]] == LabelKind.Computed
                && graph.ComputedPartials[graph.Labels[graph.EdgeStarts[node]]].Operand == 0)
                yield return Ordered(trace.RawA(node), SlotLayout.LabelSlot(graph, graph.EdgeStarts[node]), node);
        }
    }

    private static (int Left, int Right, int Node) Ordered(int a, int b, int node) => a <= b ? (a, b, node) : (b, a, node);
}
