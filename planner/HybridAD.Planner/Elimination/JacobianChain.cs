using System.Collections.Immutable;

namespace HybridAD.Planning.Elimination;

/// <summary>One factor of a chain of Jacobians, the first applied being the first.</summary>
/// <param name="Outputs">Rows m.</param>
/// <param name="Inputs">Columns n.</param>
/// <param name="Edges">Edges of its linearised graph: multiply-adds of one sweep in one direction.</param>
public readonly record struct ChainFactor(int Outputs, int Inputs, long Edges);

/// <summary>How the product of a range of factors is made.</summary>
public enum ChainWay
{
    /// <summary>The Jacobian of a single factor by tangents, one per input.</summary>
    PreaccumulateForward,

    /// <summary>The Jacobian of a single factor by adjoints, one per output.</summary>
    PreaccumulateReverse,

    /// <summary>The product of the earlier factors is pushed through the last ones as tangents, without their Jacobian.</summary>
    Tangent,

    /// <summary>The product of the later factors is pulled back through the first ones as adjoints, without their Jacobian.</summary>
    Adjoint,

    /// <summary>Two products are multiplied as dense matrices.</summary>
    Multiply,
}

/// <summary>The product of factors <paramref name="First"/> … <paramref name="Last"/> and how it is made.</summary>
/// <param name="First">First factor.</param>
/// <param name="Last">Last factor.</param>
/// <param name="Way">How.</param>
/// <param name="Split">Where the range is cut: the earlier part ends here. Equal to <paramref name="Last"/> for a single factor.</param>
/// <param name="Cost">Multiply-adds of this range, its parts included.</param>
/// <param name="Parts">The ranges whose Jacobians are needed.</param>
public sealed record ChainPlan(int First, int Last, ChainWay Way, int Split, long Cost, ImmutableArray<ChainPlan> Parts);

/// <summary>The cheapest way to accumulate the Jacobian of a composition of functions, each of which may be swept through or have its Jacobian built.</summary>
/// <remarks>
/// Dynamic programming over ranges, as for matrix chains (Godbole 1973), with tangents and adjoints through factors whose Jacobian is never formed:
/// Naumann, "A note on Jacobian chain product bracketing" (GENERALIZED DENSE JACOBIAN CHAIN PRODUCT), 2021. Time O(q³).
/// </remarks>
public static class JacobianChain
{
    /// <summary>The cheapest plan in fused multiply-adds.</summary>
    /// <exception cref="ArgumentException">There is no factor, or the shapes of two neighbours do not fit.</exception>
    public static ChainPlan Plan(IReadOnlyList<ChainFactor> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Count == 0)
            throw new ArgumentException("A chain needs at least one factor.", nameof(factors));
        for (var k = 1; k < factors.Count; k++)
            if (factors[k].Inputs != factors[k - 1].Outputs)
                throw new ArgumentException($"Factor {k} has {factors[k].Inputs} inputs, the factor before it {factors[k - 1].Outputs} outputs.", nameof(factors));
        var edges = new long[factors.Count + 1];
        for (var k = 0; k < factors.Count; k++)
            edges[k + 1] = checked(edges[k] + factors[k].Edges);
        var best = new ChainPlan[factors.Count, factors.Count];
        for (var first = factors.Count - 1; first >= 0; first--)
            for (var last = first; last < factors.Count; last++)
                best[first, last] = first == last ? Single(factors, first) : Cheapest(first, last);
        return best[0, factors.Count - 1];

        ChainPlan Cheapest(int first, int last)
        {
            var (columns, rows) = (factors[first].Inputs, factors[last].Outputs);
            ChainPlan? cheapest = null;
            for (var split = first; split < last; split++)
            {
                var (early, late) = (best[first, split], best[split + 1, last]);
                Try(ChainWay.Tangent, early.Cost + columns * (edges[last + 1] - edges[split + 1]), early);
                Try(ChainWay.Adjoint, late.Cost + rows * (edges[split + 1] - edges[first]), late);
                Try(ChainWay.Multiply, early.Cost + late.Cost + (long)rows * factors[split].Outputs * columns, early, late);

                void Try(ChainWay way, long cost, params ImmutableArray<ChainPlan> parts)
                {
                    if (cheapest is null || cost < cheapest.Cost)
                        cheapest = new ChainPlan(first, last, way, split, cost, parts);
                }
            }
            return cheapest!;
        }
    }

    private static ChainPlan Single(IReadOnlyList<ChainFactor> factors, int k)
    {
        var factor = factors[k];
        var forward = factor.Inputs <= factor.Outputs;
        return new ChainPlan(k, k, forward ? ChainWay.PreaccumulateForward : ChainWay.PreaccumulateReverse, k,
            factor.Edges * Math.Min(factor.Inputs, factor.Outputs), []);
    }
}
