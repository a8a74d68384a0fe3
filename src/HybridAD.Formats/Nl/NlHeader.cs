namespace HybridAD.Formats.Nl;

/// <summary>How an .nl file is encoded.</summary>
public enum NlEncoding
{
    /// <summary>Decimal text (<c>g</c>).</summary>
    Text,

    /// <summary>Packed binary, least significant byte first (<c>b</c>).</summary>
    BinaryLittleEndian,

    /// <summary>Packed binary, most significant byte first (<c>b</c>).</summary>
    BinaryBigEndian,
}

/// <summary>The counts that the ten header lines of an .nl file give.</summary>
public sealed record NlHeader
{
    /// <summary>Text or binary.</summary>
    public NlEncoding Encoding { get; init; }

    /// <summary>Number of variables n.</summary>
    public int VariableCount { get; init; }

    /// <summary>Number of algebraic constraints m.</summary>
    public int ConstraintCount { get; init; }

    /// <summary>Number of objectives.</summary>
    public int ObjectiveCount { get; init; }

    /// <summary>Number of constraints with two different finite bounds.</summary>
    public int RangeCount { get; init; }

    /// <summary>Number of equality constraints.</summary>
    public int EqualityCount { get; init; }

    /// <summary>Number of logical constraints.</summary>
    public int LogicalConstraintCount { get; init; }

    /// <summary>Number of nonlinear constraints, which come first.</summary>
    public int NonlinearConstraintCount { get; init; }

    /// <summary>Number of nonlinear objectives, which come first.</summary>
    public int NonlinearObjectiveCount { get; init; }

    /// <summary>Number of imported functions.</summary>
    public int FunctionCount { get; init; }

    /// <summary>Number of binary variables, other integer variables, and integer variables in the three nonlinear groups.</summary>
    public int DiscreteVariableCount { get; init; }

    /// <summary>Number of Jacobian nonzeros as promised; not to be trusted.</summary>
    public long JacobianNonzeroCount { get; init; }

    /// <summary>Number of gradient nonzeros as promised; not to be trusted.</summary>
    public long GradientNonzeroCount { get; init; }

    /// <summary>Number of defined variables (shared subexpressions).</summary>
    public int DefinedVariableCount { get; init; }
}
