using System.Diagnostics.CodeAnalysis;
using HybridAD.Collections;
using QuikGraph;

namespace HybridAD.Graph;

/// <summary>
/// A trace as a QuikGraph graph: an edge from every operand to the operation that reads it, one per use, so that x·x has two parallel edges.
/// In-edges are read from the trace itself; out-edges are two arrays (4 bytes a vertex and 4 an edge), built when first asked for. Thread-safe.
/// </summary>
public sealed class TraceGraph : IBidirectionalGraph<int, SEdge<int>>
{
    private readonly Trace _trace;
    private readonly MadeOnce<OutEdgeArrays> _out;

    /// <summary>Wraps a trace; nothing is copied.</summary>
    public TraceGraph(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        _trace = trace;
        _out = new MadeOnce<OutEdgeArrays>(BuildOutEdges);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            EdgeCount += trace.OperandsOf(node).Length;
    }

    /// <inheritdoc/>
    public bool IsDirected => true;

    /// <inheritdoc/>
    public bool AllowParallelEdges => true;

    /// <inheritdoc/>
    public bool IsVerticesEmpty => VertexCount == 0;

    /// <inheritdoc/>
    public int VertexCount => _trace.NodeCount;

    /// <summary>The node ids, which are a topological order.</summary>
    public IEnumerable<int> Vertices => Enumerable.Range(0, VertexCount);

    /// <inheritdoc/>
    public bool IsEdgesEmpty => EdgeCount == 0;

    /// <inheritdoc/>
    public int EdgeCount { get; }

    /// <summary>All edges by target, in operand order.</summary>
    public IEnumerable<SEdge<int>> Edges => Vertices.SelectMany(EnumerateInEdges);

    /// <inheritdoc/>
    public bool ContainsVertex(int vertex) => (uint)vertex < (uint)VertexCount;

    /// <inheritdoc/>
    public bool ContainsEdge(SEdge<int> edge) => ContainsEdge(edge.Source, edge.Target);

    /// <inheritdoc/>
    public bool ContainsEdge(int source, int target) => ContainsVertex(target) && _trace.OperandsOf(target).Contains(source);

    /// <inheritdoc/>
    public bool TryGetEdge(int source, int target, out SEdge<int> edge)
    {
        edge = new SEdge<int>(source, target);
        return ContainsEdge(source, target);
    }

    /// <summary>All parallel edges from one vertex to another; false only where a vertex does not exist.</summary>
    public bool TryGetEdges(int source, int target, [NotNullWhen(true)] out IEnumerable<SEdge<int>>? edges)
    {
        edges = ContainsVertex(source) && ContainsVertex(target)
            ? Enumerable.Repeat(new SEdge<int>(source, target), _trace.OperandsOf(target).Count(source))
            : null;
        return edges is not null;
    }

    /// <inheritdoc/>
    public int InDegree(int vertex) => _trace.OperandsOf(Existing(vertex)).Length;

    /// <inheritdoc/>
    public bool IsInEdgesEmpty(int vertex) => InDegree(vertex) == 0;

    /// <summary>The edges from the operands of a node, in operand order.</summary>
    public IEnumerable<SEdge<int>> InEdges(int vertex) => EnumerateInEdges(Existing(vertex));

    /// <inheritdoc/>
    public SEdge<int> InEdge(int vertex, int index) => new(_trace.OperandsOf(Existing(vertex))[index], vertex);

    /// <inheritdoc/>
    public bool TryGetInEdges(int vertex, [NotNullWhen(true)] out IEnumerable<SEdge<int>>? edges)
    {
        edges = ContainsVertex(vertex) ? EnumerateInEdges(vertex) : null;
        return edges is not null;
    }

    /// <inheritdoc/>
    public int OutDegree(int vertex) => UsersOf(Existing(vertex)).Length;

    /// <inheritdoc/>
    public bool IsOutEdgesEmpty(int vertex) => OutDegree(vertex) == 0;

    /// <summary>The edges to the operations that read a node, by their ids.</summary>
    public IEnumerable<SEdge<int>> OutEdges(int vertex) => EnumerateOutEdges(Existing(vertex));

    /// <inheritdoc/>
    public SEdge<int> OutEdge(int vertex, int index) => new(vertex, UsersOf(Existing(vertex))[index]);

    /// <inheritdoc/>
    public bool TryGetOutEdges(int vertex, [NotNullWhen(true)] out IEnumerable<SEdge<int>>? edges)
    {
        edges = ContainsVertex(vertex) ? EnumerateOutEdges(vertex) : null;
        return edges is not null;
    }

    /// <inheritdoc/>
    public int Degree(int vertex) => InDegree(vertex) + OutDegree(vertex);

    /// <summary>The operations that read a node, ascending, one entry per use.</summary>
    public ReadOnlySpan<int> UsersOf(int node)
    {
        var (starts, targets) = _out.Value;
        return targets.AsSpan(starts[node], starts[node + 1] - starts[node]);
    }

    private int Existing(int vertex) => ContainsVertex(vertex) ? vertex : throw new VertexNotFoundException($"The trace has no node {vertex}; it has {VertexCount}.");

    private IEnumerable<SEdge<int>> EnumerateInEdges(int vertex)
    {
        // A span cannot live across yield: look the operand up again.
        var count = _trace.OperandsOf(vertex).Length;
        for (var k = 0; k < count; k++)
            yield return new SEdge<int>(_trace.OperandsOf(vertex)[k], vertex);
    }

    private IEnumerable<SEdge<int>> EnumerateOutEdges(int vertex)
    {
        var (starts, targets) = _out.Value;
        for (var k = starts[vertex]; k < starts[vertex + 1]; k++)
            yield return new SEdge<int>(vertex, targets[k]);
    }

    private OutEdgeArrays BuildOutEdges()
    {
        // Counted one place to the right of where they belong, so that filling moves each start to its final value: no third array.
        var starts = new int[VertexCount + 2];
        var targets = new int[EdgeCount];
        for (var node = _trace.InputCount; node < VertexCount; node++)
            foreach (var operand in _trace.OperandsOf(node))
                starts[operand + 2]++;
        for (var node = 2; node < starts.Length; node++)
            starts[node] += starts[node - 1];
        for (var node = _trace.InputCount; node < VertexCount; node++)
            foreach (var operand in _trace.OperandsOf(node))
                targets[starts[operand + 1]++] = node;
        return new OutEdgeArrays(starts, targets);
    }

    private sealed record OutEdgeArrays(int[] Starts, int[] Targets);
}
