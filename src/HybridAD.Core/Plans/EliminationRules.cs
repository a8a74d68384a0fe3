namespace HybridAD.Plans;

/// <summary>Which products of an elimination count as multiplications. Each rule counts no more than the one before.</summary>
public enum EliminationRules
{
    /// <summary>Every product counts: eliminating a vertex costs in-edges × out-edges.</summary>
    All,

    /// <summary>A product with an edge known to be ±1 is free.</summary>
    Unit,

    /// <summary>Besides, constants are multiplied and added while planning, and constant edges that cancel exactly vanish.</summary>
    Fold,

    /// <summary>Besides, products that are equal up to sign count once, and not at all if the function itself computes them.</summary>
    Cse,
}
