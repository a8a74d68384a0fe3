namespace HybridAD.Plans;

/// <summary>What one step of an elimination removes.</summary>
public enum EliminationKind : byte
{
    /// <summary>A vertex: every in-edge is multiplied with every out-edge.</summary>
    Vertex,

    /// <summary>An edge i → j: its label is multiplied into every edge out of j, which makes edges i → k.</summary>
    FrontEdge,

    /// <summary>An edge i → j: its label is multiplied into every edge into i, which makes edges h → j.</summary>
    BackEdge,
}

/// <summary>One step of an elimination on the linearised graph, in the node ids of the trace.</summary>
/// <param name="Kind">What is removed.</param>
/// <param name="From">The vertex, or the source of the edge.</param>
/// <param name="To">The vertex again, or the target of the edge.</param>
/// <remarks>Griewank and Walther, Evaluating Derivatives, 2nd ed., sections 9.2 and 9.3; Naumann, Mathematical Programming 99 (2004).</remarks>
public readonly record struct EliminationStep(EliminationKind Kind, int From, int To)
{
    /// <summary>Removes a vertex.</summary>
    public static EliminationStep Vertex(int vertex) => new(EliminationKind.Vertex, vertex, vertex);

    /// <summary>Removes an edge towards the outputs.</summary>
    public static EliminationStep Front(int from, int to) => new(EliminationKind.FrontEdge, from, to);

    /// <summary>Removes an edge towards the inputs.</summary>
    public static EliminationStep Back(int from, int to) => new(EliminationKind.BackEdge, from, to);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        EliminationKind.Vertex => $"{From}",
        EliminationKind.FrontEdge => $"({From},{To}) front",
        _ => $"({From},{To}) back",
    };
}
