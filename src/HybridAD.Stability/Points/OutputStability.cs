using System.Collections.Immutable;
using HybridAD.Rounding;

namespace HybridAD.Stability;

/// <summary>How far one computed output can be trusted at a point.</summary>
public sealed partial record OutputStability
{
    /// <summary>Index of the output.</summary>
    public required int Output { get; init; }

    /// <summary>The computed value.</summary>
    public required double Value { get; init; }

    /// <summary>The format the value is rounded to.</summary>
    public required NumberFormat Format { get; init; }

    /// <summary>
    /// A-priori first-order bound of |computed − exact|: Σ |adjoint| · half an ulp of each correctly rounded operation, the stated ulps of a library function,
    /// nothing for an exact operation.
    /// </summary>
    public required double Bound { get; init; }

    /// <summary>First-order estimate of computed − exact, signed: Σ adjoint · actual local error.</summary>
    public required double Estimate { get; init; }

    /// <summary>Σ |adjoint · actual local error|.</summary>
    public required double LocalErrorSum { get; init; }

    /// <summary>A rigorous bound of |computed − exact| at this point, second order included; null where not asked for, ∞ where none could be proven.</summary>
    public double? ProvenBound { get; init; }

    /// <summary>Relative condition number of the function: Σ |∂y/∂xⱼ · xⱼ| / |y|; ∞ where y is 0 and the sum is not.</summary>
    public required double Condition { get; init; }

    /// <summary>∂y/∂xⱼ, one per input.</summary>
    public required ImmutableArray<double> Gradient { get; init; }

    /// <summary>Reasons not to trust the first-order figures; empty where they hold.</summary>
    public required ImmutableArray<StabilityFlag> Flags { get; init; }

    /// <summary>The operations that are to blame for most of the bound, worst first.</summary>
    public required ImmutableArray<Culprit> Worst { get; init; }

    /// <summary>The places of the source that are to blame for most of the bound, worst first; empty where the source is unknown.</summary>
    public required ImmutableArray<SourceShare> BySource { get; init; }
}

/// <summary>What a flag warns of.</summary>
public enum FlagKind
{
    /// <summary>Higher-order terms, underflow or a singular point make the first-order figures unreliable.</summary>
    FirstOrderInvalid,

    /// <summary>Rounding errors could send the computation down another branch than exact arithmetic takes.</summary>
    BranchMayDiffer,
}

/// <summary>A reason not to trust the first-order figures.</summary>
/// <param name="Kind">What it warns of.</param>
/// <param name="Reason">The reason, with the values concerned.</param>
public sealed record StabilityFlag(FlagKind Kind, string Reason)
{
    /// <summary>As in files: <c>first-order-invalid: reason</c>.</summary>
    public override string ToString() => $"{(Kind == FlagKind.FirstOrderInvalid ? "first-order-invalid" : "branch-may-differ")}: {Reason}";
}

/// <summary>How an operation harms the result.</summary>
public enum CulpritKind
{
    /// <summary>Its own rounding error is carried to the result without being amplified much.</summary>
    Rounding,

    /// <summary>Near-equal numbers are subtracted (or opposite ones added), which lays earlier errors bare.</summary>
    Cancellation,

    /// <summary>A function is evaluated where small relative changes of its argument change it much.</summary>
    IllConditioned,

    /// <summary>A literal of the source is not a number of the format.</summary>
    Literal,

    /// <summary>An input is rounded when it is stored.</summary>
    Input,
}

/// <summary>An operation and its part in the bound of an output.</summary>
/// <param name="Node">The node in the trace.</param>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Share">Its share of the bound, 0 … 1; the shares of all operations add up to 1.</param>
/// <param name="Kind">How it harms.</param>
/// <param name="Source">Where it stands; null where the source is unknown.</param>
/// <param name="Suggestion">A standard rewrite that avoids the loss, or null.</param>
public sealed record Culprit(int Node, string Operation, double Share, CulpritKind Kind, string? Source, string? Suggestion);

/// <summary>A place of the source and the part of all its operations, in all rounds of its loops, in the bound of an output.</summary>
/// <param name="Source">The place.</param>
/// <param name="Share">The sum of the shares of its operations.</param>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Kind">How it harms.</param>
/// <param name="Operations">How many operations of the trace stand here.</param>
/// <param name="WorstNode">The operation of the trace with the largest share.</param>
/// <param name="Suggestion">A standard rewrite that avoids the loss, or null.</param>
public sealed record SourceShare(string Source, double Share, string Operation, CulpritKind Kind, int Operations, int WorstNode, string? Suggestion);
