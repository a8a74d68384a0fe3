using System.Numerics;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Primitives;

namespace HybridAD.Planning.Estimates;

/// <summary>Counts what everything that is interpreted needs: the call, the values and the partial derivatives.</summary>
internal static class CommonCost
{
    private const int WordsPerLevel = 256 / 64;

    /// <summary>The work of one evaluation before derivatives are propagated.</summary>
    public static Work Of(LinearizedGraph graph)
    {
        var work = new Work().Add(Price.Evaluation, 1).Add(Price.ArithmeticValue, graph.Trace.Guards.Length);
        AddValues(graph.Trace, work);
        AddPartials(graph, work);
        return work;
    }

    /// <summary>The values are computed level by level, equal operations of a level in one run.</summary>
    private static void AddValues(Trace trace, Work work)
    {
        var nodes = new NodeReader(trace);
        var level = new int[trace.NodeCount];
        var present = new List<ulong>();
        Span<int> counts = stackalloc int[256];
        var terms = 0L;
        for (var node = trace.InputCount; node < level.Length; node++)
        {
            var operation = nodes.Operations[node];
            if (operation <= Op.Constant)
                continue;
            counts[operation]++;
            var operands = nodes.Operands(node);
            if (NodeReader.IsListed(operation))
                terms += operands.Length;
            var deepest = 0;
            foreach (var operand in operands)
                deepest = Math.Max(deepest, level[operand]);
            level[node] = deepest + 1;
            while (present.Count <= (deepest + 1) * WordsPerLevel)
                present.Add(0);
            present[deepest * WordsPerLevel + operation / 64] |= 1UL << (operation % 64);
        }
        var runs = 0L;
        foreach (var word in present)
            runs += BitOperations.PopCount(word);
        work.Add(Price.ValueRun, runs).Add(Price.ListTerm, terms);
        for (var operation = 0; operation < counts.Length; operation++)
            if (counts[operation] > 0)
                work.Add(Price.For(CostEngine.Value, Primitive.Of((byte)operation).ValueCost), counts[operation]);
    }

    /// <summary>Partial derivatives are computed in one run for each operand of each operation.</summary>
    private static void AddPartials(LinearizedGraph graph, Work work)
    {
        Span<int> counts = stackalloc int[512];
        foreach (var (node, operand) in graph.ComputedArray)
        {
            var operation = graph.Trace.Operations[node];
            counts[2 * operation + (NodeReader.IsListed(operation) ? 0 : operand & 1)]++;
        }
        for (var key = 0; key < counts.Length; key++)
            if (counts[key] > 0)
                work.Add(Price.ValueRun, 1).Add(Price.For(CostEngine.Partial, Primitive.Of((byte)(key / 2)).PartialCost), counts[key]);
    }
}
