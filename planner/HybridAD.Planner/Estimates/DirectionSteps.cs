using HybridAD.Graph;
using HybridAD.Linearization;

namespace HybridAD.Planning.Estimates;

/// <summary>Instructions of the arithmetic with which one direction goes through a body, forward or in reverse: a multiply-add for an edge, mostly.</summary>
internal static class DirectionSteps
{
    /// <summary>Those of tangents: one for every edge, but for one edge of a sum, which is another number already.</summary>
    public static int OfTangents(LinearizedGraph graph)
    {
        var steps = graph.EdgeCount;
        for (var node = graph.Trace.InputCount; node < graph.Trace.NodeCount; node++)
            for (var edge = graph.EdgeStarts[node]; edge < graph.EdgeStarts[node + 1]; edge++)
                if (IsUnit(graph, edge))
                {
                    steps--;
                    break;
                }
        return steps;
    }

    /// <summary>Those of adjoints: one for every edge, but for one edge of a node that a sum reads, whose adjoint is another's already.</summary>
    public static int OfAdjoints(LinearizedGraph graph)
    {
        var isAnother = new bool[graph.Trace.NodeCount];
        for (var edge = 0; edge < graph.EdgeCount; edge++)
            isAnother[graph.Sources[edge]] |= IsUnit(graph, edge);
        return graph.EdgeCount - isAnother.AsSpan().Count(true);
    }

    /// <summary>Products that nothing but a sum reads, and that are one instruction with it.</summary>
    public static int Contracted(Trace body)
    {
        var reads = new int[body.NodeCount];
        foreach (var output in body.Outputs)
            reads[output]++;
        for (var node = body.InputCount; node < body.NodeCount; node++)
            foreach (var operand in body.OperandsOf(node))
                reads[operand]++;
        var contracted = 0;
        for (var node = body.InputCount; node < body.NodeCount; node++)
            if (body.Operations[node] is Op.Add or Op.Sub)
                foreach (var operand in body.OperandsOf(node))
                    if (reads[operand] == 1 && body.Operations[operand] == Op.Mul)
                    {
                        contracted++;
                        break;
                    }
        return contracted;
    }

    /// <summary>The most edges that follow each other.</summary>
    public static int LongestWay(LinearizedGraph graph)
    {
        var (lengths, longest) = (new int[graph.Trace.NodeCount], 0);
        for (var node = graph.Trace.InputCount; node < lengths.Length; node++)
        {
            foreach (var source in graph.Sources[graph.EdgeStarts[node]..graph.EdgeStarts[node + 1]])
                lengths[node] = Math.Max(lengths[node], lengths[source] + 1);
            longest = Math.Max(longest, lengths[node]);
        }
        return longest;
    }

    private static bool IsUnit(LinearizedGraph graph, int edge) => graph.Kinds[edge] == LabelKind.Constant && Math.Abs(graph.Constants[graph.Labels[edge]]) == 1;
}
