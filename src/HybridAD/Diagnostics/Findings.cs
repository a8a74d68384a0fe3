using System.Collections.Immutable;

namespace HybridAD.Diagnostics;

/// <summary>An output that is NaN or infinite.</summary>
public sealed record NonFiniteValue
{
    /// <summary>The output.</summary>
    public required int Row { get; init; }

    /// <summary>Its value.</summary>
    public required double Value { get; init; }

    /// <summary>The operation that first was not finite although its operands were.</summary>
    public required OperationAt Origin { get; init; }
}

/// <summary>A row of the Jacobian with NaN or infinite entries.</summary>
public sealed record NonFiniteDerivative
{
    /// <summary>The output.</summary>
    public required int Row { get; init; }

    /// <summary>The columns of the entries that are not finite, increasing; the first few of many.</summary>
    public required ImmutableArray<int> Columns { get; init; }

    /// <summary>How many entries of the row are not finite.</summary>
    public required int Count { get; init; }

    /// <summary>The first entry that is not finite.</summary>
    public required double Value { get; init; }

    /// <summary>The operations without finite derivative below this output; none where finite derivatives overflow in their product.</summary>
    public required ImmutableArray<OperationAt> Origins { get; init; }
}

/// <summary>A decision of the traced code.</summary>
public sealed record GuardFinding
{
    /// <summary>The number of the guard.</summary>
    public required int Guard { get; init; }

    /// <summary>What decided.</summary>
    public required OperationAt At { get; init; }

    /// <summary>The value it had when the code was traced.</summary>
    public required double Expected { get; init; }

    /// <summary>Whether the traced branch is the one taken at this point.</summary>
    public required bool Holds { get; init; }

    /// <summary>Whether the decision is for an equality, whose branch is almost never taken, or a tie of an order.</summary>
    public required bool OnEquality { get; init; }
}

/// <summary>What is special about an operation at a point.</summary>
public enum BranchKind
{
    /// <summary>The value is continuous, the derivative is not.</summary>
    Kink,

    /// <summary>The value jumps.</summary>
    Jump,

    /// <summary>A branch is taken that is taken on a set of measure zero only.</summary>
    MeasureZero,

    /// <summary>The operands of an ordering are equal.</summary>
    Tie,

    /// <summary>An equality decides, and does not hold here.</summary>
    Equality,
}

/// <summary>An operation at which one-sided conventions, not calculus, decide the derivative.</summary>
public sealed record BranchFinding
{
    /// <summary>What it is.</summary>
    public required BranchKind Kind { get; init; }

    /// <summary>The first output that depends on it.</summary>
    public required int Row { get; init; }

    /// <summary>Where.</summary>
    public required OperationAt At { get; init; }

    /// <summary>What follows for the derivative.</summary>
    public required string What { get; init; }
}

/// <summary>An output that relative changes of the inputs change much more.</summary>
public sealed record IllConditionedOutput
{
    /// <summary>The output.</summary>
    public required int Row { get; init; }

    /// <summary>Its value.</summary>
    public required double Value { get; init; }

    /// <summary>The relative condition number Σ|xⱼ ∂y/∂xⱼ| / |y|.</summary>
    public required double Condition { get; init; }

    /// <summary>Decimal digits that inputs known to full precision leave uncertain: log₁₀ of the condition number.</summary>
    public double DigitsLost => Math.Log10(Condition);
}
