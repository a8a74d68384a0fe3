namespace HybridAD;

/// <summary>Which way a user wants a Jacobian to be computed.</summary>
public enum JacobianMode
{
    /// <summary>The cheapest by the cost model.</summary>
    Auto,

    /// <summary>Forward sweeps, one direction per input.</summary>
    Forward,

    /// <summary>Forward sweeps, one direction per group of columns without a common row.</summary>
    ForwardColored,

    /// <summary>Reverse sweeps, one direction per output.</summary>
    Reverse,

    /// <summary>Reverse sweeps, one direction per group of rows without a common column.</summary>
    ReverseColored,

    /// <summary>Every row in reverse over its own operations only.</summary>
    ReverseRows,

    /// <summary>Every operation carries its sparse gradient.</summary>
    SparseForward,

    /// <summary>Rows in reverse; shared operations keep their sparse gradient where that is cheaper.</summary>
    Hybrid,

    /// <summary>Reverse below and forward above the narrowest cut of the graph, then the product.</summary>
    Mixed,

    /// <summary>Forward sweeps for groups of columns and reverse sweeps for groups of rows together, each yielding a part of the entries.</summary>
    Bicolored,

    /// <summary>Vertices and edges of the linearised graph are eliminated, in an order that takes few multiply-adds.</summary>
    Elimination,

    /// <summary>The function is divided into kernels with many instances; each is differentiated once, compiled, and run for all of them.</summary>
    Blocks,

    /// <summary>Sweeps segment by segment, the values of a segment being computed when they are needed: slower, and in little memory.</summary>
    Checkpointed,
}
