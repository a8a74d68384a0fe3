using System.Collections.Immutable;

namespace HybridAD.Plans;

/// <summary>
/// A chain of stages: everything passes through one narrow cut of the graph after the other. The Jacobian is the product of the stages' Jacobians, some of
/// which are built by sweeps and multiplied, while others are only swept through. One cut is the mixed sweep: reverse below the waist, forward above it.
/// </summary>
/// <param name="Cuts">
/// The nodes of each cut between two stages, increasing, from the inputs to the outputs: stage k leads from cut k − 1 to cut k, the first from the inputs, the
/// last to the outputs. Every path from an input to a node of a cut passes the cut before.
/// </param>
/// <param name="Product">How the product of all stages is made.</param>
public sealed record ChainStrategy(ImmutableArray<ImmutableArray<int>> Cuts, ChainStep Product) : JacobianStrategy;

/// <summary>How the product of a range of stages is made.</summary>
public enum ChainWay
{
    /// <summary>By tangents through all of the range, one per input.</summary>
    Forward,

    /// <summary>By adjoints through all of the range, one per output.</summary>
    Reverse,

    /// <summary>The product of the earlier stages is pushed through the later ones as tangents, without their Jacobian.</summary>
    Tangent,

    /// <summary>The product of the later stages is pulled back through the earlier ones as adjoints, without their Jacobian.</summary>
    Adjoint,

    /// <summary>Two products are multiplied as matrices.</summary>
    Multiply,
}

/// <summary>The product of stages <paramref name="First"/> … <paramref name="Last"/> and how it is made.</summary>
/// <param name="First">First stage.</param>
/// <param name="Last">Last stage.</param>
/// <param name="Way">How.</param>
/// <param name="Split">Where the range is cut: the earlier part ends with this stage. Equal to <paramref name="Last"/> where it is not cut.</param>
/// <param name="Early">The product of the earlier part, where it is needed.</param>
/// <param name="Late">The product of the later part, where it is needed.</param>
public sealed record ChainStep(int First, int Last, ChainWay Way, int Split, ChainStep? Early, ChainStep? Late)
{
    /// <summary>A range that is swept through as a whole.</summary>
    public static ChainStep Sweep(int first, int last, SweepDirection direction) =>
        new(first, last, direction == SweepDirection.Forward ? ChainWay.Forward : ChainWay.Reverse, last, null, null);

    /// <summary>A product pushed through the stages up to <paramref name="last"/>.</summary>
    public static ChainStep Tangent(ChainStep early, int last)
    {
        ArgumentNullException.ThrowIfNull(early);
        return new(early.First, last, ChainWay.Tangent, early.Last, early, null);
    }

    /// <summary>A product pulled back through the stages from <paramref name="first"/> on.</summary>
    public static ChainStep Adjoint(int first, ChainStep late)
    {
        ArgumentNullException.ThrowIfNull(late);
        return new(first, late.Last, ChainWay.Adjoint, late.First - 1, null, late);
    }

    /// <summary>Two products multiplied.</summary>
    public static ChainStep Multiply(ChainStep early, ChainStep late)
    {
        ArgumentNullException.ThrowIfNull(early);
        ArgumentNullException.ThrowIfNull(late);
        return new(early.First, late.Last, ChainWay.Multiply, early.Last, early, late);
    }
}
