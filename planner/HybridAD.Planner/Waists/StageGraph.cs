using System.Collections.Immutable;
using HybridAD.Linearization;
using HybridAD.Plans;
using QuikGraph;

namespace HybridAD.Planning.Waists;

/// <summary>What flows from one stage to a later one.</summary>
/// <param name="Source">The stage that computes it.</param>
/// <param name="Target">The last stage that reads it.</param>
/// <param name="Width">How many numbers.</param>
internal sealed record StageFlow(int Source, int Target, int Width) : IEdge<int>;

/// <summary>The stages of a function between nested narrow cuts, as a graph with what flows between them. In a chain each flow ends at the next stage.</summary>
internal sealed class StageGraph : BidirectionalGraph<int, StageFlow>
{
    private readonly ChainStages _stages;

    private StageGraph(LinearizedGraph graph, ImmutableArray<ImmutableArray<int>> cuts, ChainStages stages)
        : base(allowParallelEdges: false)
    {
        Graph = graph;
        Cuts = cuts;
        _stages = stages;
        for (var stage = 0; stage <= cuts.Length; stage++)
            AddVertex(stage);
        var spans = new Dictionary<int, (int First, int Last)>();
        for (var cut = 0; cut < cuts.Length; cut++)
            foreach (var node in cuts[cut])
                spans[node] = spans.TryGetValue(node, out var span) ? (span.First, cut) : (cut, cut);
        foreach (var flow in spans.Values.GroupBy(span => span))
            AddEdge(new StageFlow(flow.Key.First, flow.Key.Last + 1, flow.Count()));
    }

    public LinearizedGraph Graph { get; }

    /// <summary>The nodes of the cut behind each stage but the last.</summary>
    public ImmutableArray<ImmutableArray<int>> Cuts { get; }

    /// <summary>Number of stages.</summary>
    public int Count => Cuts.Length + 1;

    /// <summary>Active operations of a stage.</summary>
    public int OperationsOf(int stage) => _stages.Operations[stage];

    /// <summary>Edges of a stage.</summary>
    public int EdgesOf(int stage) => _stages.Edges[stage];

    /// <summary>How many numbers enter a stage.</summary>
    public int WidthBefore(int stage) => stage == 0 ? Graph.Trace.InputCount : Cuts[stage - 1].Length;

    /// <summary>How many numbers leave a stage.</summary>
    public int WidthAfter(int stage) => stage == Cuts.Length ? Graph.Trace.OutputCount : Cuts[stage].Length;

    /// <summary>The stages between cuts; null where the cuts are not nested.</summary>
    public static StageGraph? Of(LinearizedGraph graph, ImmutableArray<ImmutableArray<int>> cuts) =>
        ChainStages.Of(graph.Trace, graph.ActiveNodes, cuts, out _) is { } stages ? new StageGraph(graph, cuts, stages) : null;
}
