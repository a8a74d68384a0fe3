namespace HybridAD.Planning.Costs;

/// <summary>What computes an operation, each with prices of its own for every class of operations.</summary>
internal enum CostEngine
{
    /// <summary>The interpreter, a value.</summary>
    Value,

    /// <summary>The interpreter, a partial derivative.</summary>
    Partial,

    /// <summary>Straight-line code.</summary>
    StraightLine,

    /// <summary>A kernel, for eight instances.</summary>
    Kernel,
}
