namespace HybridAD.Linearization;

/// <summary>The operations of a linearised graph that lie on a path from one set of nodes to another, the first set playing the inputs.</summary>
public sealed class GraphPart
{
    private readonly bool[] _inside;
    private readonly bool[] _carries;

    private GraphPart(bool[] inside, bool[] carries, int operationCount, int edgeCount)
    {
        _inside = inside;
        _carries = carries;
        OperationCount = operationCount;
        EdgeCount = edgeCount;
    }

    /// <summary>Number of operations inside.</summary>
    public int OperationCount { get; }

    /// <summary>Number of edges inside.</summary>
    public int EdgeCount { get; }

    /// <summary>Whether an operation lies behind the first set and on a path to the second.</summary>
    public bool IsInside(int node) => _inside[node];

    /// <summary>Whether a node depends on the first set, or is in it.</summary>
    public bool Carries(int node) => _carries[node];

    /// <summary>Finds the part between two sets of nodes.</summary>
    public static GraphPart Between(LinearizedGraph graph, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var starts = graph.EdgeStarts;
        var sources = graph.Sources;
        var isStart = new bool[graph.Trace.NodeCount];
        foreach (var node in from)
            isStart[node] = true;
        var carries = (bool[])isStart.Clone();
        for (var node = graph.Trace.InputCount; node < carries.Length; node++)
            for (var edge = starts[node]; edge < starts[node + 1] && !carries[node]; edge++)
                carries[node] = carries[sources[edge]];
        var inside = new bool[carries.Length];
        foreach (var node in to)
            inside[node] = carries[node];
        int operations = 0, edges = 0;
        for (var node = carries.Length - 1; node >= 0; node--)
        {
            inside[node] &= !isStart[node];
            if (!inside[node])
                continue;
            operations++;
            for (var edge = starts[node]; edge < starts[node + 1]; edge++)
                if (carries[sources[edge]])
                {
                    edges++;
                    inside[sources[edge]] = true;
                }
        }
        return new GraphPart(inside, carries, operations, edges);
    }
}
