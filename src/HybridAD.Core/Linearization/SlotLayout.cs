namespace HybridAD.Linearization;

/// <summary>
/// The common layout of the numbers an evaluation works on: node values by node id, then the constant labels of the linearised graph,
/// then its computed partials. Whatever an executor needs besides comes after.
/// </summary>
public static class SlotLayout
{
    /// <summary>The slot of constant label 0, the number 1.</summary>
    public static int ConstantStart(LinearizedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Trace.NodeCount;
    }

    /// <summary>The slot of computed partial 0.</summary>
    public static int PartialStart(LinearizedGraph graph) => ConstantStart(graph) + graph.Constants.Length;

    /// <summary>The first slot after the computed partials.</summary>
    public static int End(LinearizedGraph graph) => PartialStart(graph) + graph.ComputedArray.Length;

    /// <summary>The slot of an edge's label.</summary>
    public static int LabelSlot(LinearizedGraph graph, int edge) => graph.Kinds[edge] switch
    {
        LabelKind.Constant => ConstantStart(graph) + graph.Labels[edge],
        LabelKind.NodeValue => graph.Labels[edge],
        _ => PartialStart(graph) + graph.Labels[edge],
    };
}
