using System.Collections.Immutable;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Stability;

/// <summary>A rigorous bound of the rounding error of one output over all inputs of a domain.</summary>
public sealed record BoxStability
{
    /// <summary>Index of the output.</summary>
    public required int Output { get; init; }

    /// <summary>The domain the bound holds on.</summary>
    public required InputDomain Domain { get; init; }

    /// <summary>|computed − exact| is never above this on the domain; ∞ where no bound could be proven, with a reason in <see cref="Findings"/>.</summary>
    public required double ProvenBound { get; init; }

    /// <summary>The same where computed and exact values take the same branches; equal to <see cref="ProvenBound"/> in a function without branches.</summary>
    public required double SamePathBound { get; init; }

    /// <summary>The largest first-order bound found at a point: no method of this kind can prove less.</summary>
    public required double LargestPointBound { get; init; }

    /// <summary>Where it was found.</summary>
    public required ImmutableArray<double> WorstPoint { get; init; }

    /// <summary>An enclosure of the output's exact values on the domain.</summary>
    public required Interval Range { get; init; }

    /// <summary>How many sub-boxes were looked at.</summary>
    public required int Boxes { get; init; }

    /// <summary>Wall-clock seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Domain errors, branches that may differ, and limits that were reached, with the sub-box concerned.</summary>
    public required ImmutableArray<BoxFinding> Findings { get; init; }
}

/// <summary>Something that was found in a part of a domain.</summary>
/// <param name="What">What was found, and at which operation.</param>
/// <param name="Part">The sub-box, one interval per input.</param>
public sealed record BoxFinding(string What, ImmutableArray<Interval> Part);
