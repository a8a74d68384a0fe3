using HybridAD.Graph;
using HybridAD.Numerics;

namespace HybridAD.Rounding;

/// <summary>The inputs over which a bound has to hold: a box, and conditions that cut parts off it.</summary>
/// <param name="Bounds">One interval per input.</param>
public sealed record InputDomain(IReadOnlyList<Interval> Bounds)
{
    /// <summary>
    /// A trace over the same inputs, or null: a point belongs to the domain only where every output is 0 or more. (A strict inequality becomes a weak one, which
    /// takes in a little more and so is safe.)
    /// </summary>
    public Trace? Constraints { get; init; }

    /// <summary>
    /// Per input, the smallest and the largest number of its format that belong to the domain, where <see cref="Bounds"/> take in more, because they were rounded outward or an end is left
    /// out; null where they do not.
    /// </summary>
    public IReadOnlyList<Interval>? Numbers { get; init; }

    /// <summary>Conditions of the source that are not used, one line each: the bound then holds on a larger domain than asked.</summary>
    public IReadOnlyList<string> IgnoredConstraints { get; init; } = [];
}
