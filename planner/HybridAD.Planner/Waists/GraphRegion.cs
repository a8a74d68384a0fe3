using HybridAD.Linearization;

namespace HybridAD.Planning.Waists;

/// <summary>The nodes on paths from one set of nodes to another, the first set playing the inputs: where waists are looked for. Immutable.</summary>
internal sealed class GraphRegion
{
    private GraphRegion(LinearizedGraph graph, int[] from, int[] inside, int[] to)
    {
        Graph = graph;
        From = from;
        Inside = inside;
        To = to;
        EdgeCount = 0;
        foreach (var node in inside)
            EdgeCount += graph.EdgeStarts[node + 1] - graph.EdgeStarts[node];
    }

    public LinearizedGraph Graph { get; }

    /// <summary>Where paths begin.</summary>
    public int[] From { get; }

    /// <summary>The operations on the paths, those where paths end included, in an order in which operands come first.</summary>
    public int[] Inside { get; }

    /// <summary>Where paths end, each once; some may be where they begin.</summary>
    public int[] To { get; }

    /// <summary>Edges into the operations.</summary>
    public int EdgeCount { get; }

    /// <summary>What a search over the region visits.</summary>
    public int Size => From.Length + Inside.Length + EdgeCount;

    /// <summary>The active part of a graph, from the inputs to the outputs.</summary>
    public static GraphRegion Of(LinearizedGraph graph)
    {
        var nodes = new List<int>();
        for (var node = 0; node < graph.Trace.NodeCount; node++)
            if (graph.IsActive(node))
                nodes.Add(node);
        var inputs = nodes.TakeWhile(node => node < graph.Trace.InputCount).ToArray();
        return new GraphRegion(graph, inputs, [.. nodes.Skip(inputs.Length)], Distinct(graph, graph.Trace.Outputs));
    }

    /// <summary>The part between two sets of nodes of this region.</summary>
    public GraphRegion Between(int[] from, int[] to) => Between(from, to, 0, Inside.Length);

    /// <summary>The same where only some of the operations, one after the other, can lie on the way.</summary>
    public GraphRegion Between(int[] from, int[] to, int first, int end)
    {
        var starts = Graph.EdgeStarts;
        var sources = Graph.Sources;
        var marks = new byte[Graph.Trace.NodeCount];
        const byte Carries = 1, Start = 2, Wanted = 4;
        foreach (var node in from)
            marks[node] = Carries | Start;
        foreach (var node in Inside.AsSpan(first, end - first))
            for (var edge = starts[node]; edge < starts[node + 1] && marks[node] == 0; edge++)
                marks[node] |= (byte)(marks[sources[edge]] & Carries);
        foreach (var node in to)
            marks[node] |= Wanted;
        var inside = new List<int>();
        for (var k = end - 1; k >= first; k--)
        {
            var node = Inside[k];
            if (marks[node] != (Carries | Wanted))
                continue;
            inside.Add(node);
            for (var edge = starts[node]; edge < starts[node + 1]; edge++)
                marks[sources[edge]] |= Wanted;
        }
        inside.Reverse();
        return new GraphRegion(Graph, from, [.. inside], to);
    }

    /// <summary>The same region with its operations by the length of the longest path to them, so that the order does not depend on how they were recorded.</summary>
    public GraphRegion ByLevel()
    {
        var starts = Graph.EdgeStarts;
        var sources = Graph.Sources;
        var level = new int[Graph.Trace.NodeCount];
        var deepest = 0;
        foreach (var node in Inside)
            level[node] = 1;
        foreach (var node in Inside)
        {
            for (var edge = starts[node]; edge < starts[node + 1]; edge++)
                level[node] = Math.Max(level[node], level[sources[edge]] + 1);
            deepest = Math.Max(deepest, level[node]);
        }
        var next = new int[deepest + 2];
        foreach (var node in Inside)
            next[level[node] + 1]++;
        for (var l = 0; l <= deepest; l++)
            next[l + 1] += next[l];
        var sorted = new int[Inside.Length];
        foreach (var node in Inside)
            sorted[next[level[node]]++] = node;
        return new GraphRegion(Graph, From, sorted, To);
    }

    private static int[] Distinct(LinearizedGraph graph, ReadOnlySpan<int> nodes)
    {
        var seen = new HashSet<int>();
        foreach (var node in nodes)
            if (graph.IsActive(node))
                seen.Add(node);
        return [.. seen.Order()];
    }
}
