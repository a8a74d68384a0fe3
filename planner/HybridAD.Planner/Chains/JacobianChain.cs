using HybridAD.Plans;

namespace HybridAD.Planning.Chains;

/// <summary>The cheapest way to accumulate the Jacobian of a composition of functions, each of which may be swept through or have its Jacobian built.</summary>
/// <remarks>
/// Dynamic programming over ranges, as for matrix chains (Godbole 1973), with tangents and adjoints through factors whose Jacobian is never formed:
/// Naumann, "A note on Jacobian chain product bracketing" (GENERALIZED DENSE JACOBIAN CHAIN PRODUCT), 2021; "Matrix-free Jacobian chaining", 2024.
/// Time O(q³).
/// </remarks>
internal static class JacobianChain
{
    /// <summary>The cheapest plan at some prices, and what it costs.</summary>
    public static (ChainStep Plan, double Cost) Plan(IChainPrices prices)
    {
        var count = prices.Count;
        var best = new (ChainStep Plan, double Cost)[count, count];
        for (var first = count - 1; first >= 0; first--)
            for (var last = first; last < count; last++)
                best[first, last] = Cheapest(first, last);
        return best[0, count - 1];

        (ChainStep, double) Cheapest(int first, int last)
        {
            var (way, split, cost) = (ChainWay.Forward, last, prices.Forward(first, last));
            Try(ChainWay.Reverse, last, prices.Reverse(first, last));
            for (var k = first; k < last; k++)
            {
                var (early, late) = (best[first, k].Cost, best[k + 1, last].Cost);
                Try(ChainWay.Tangent, k, early + prices.Tangent(first, k, last));
                Try(ChainWay.Adjoint, k, late + prices.Adjoint(first, k, last));
                Try(ChainWay.Multiply, k, early + late + prices.Multiply(first, k, last));
            }
            return (new ChainStep(first, last, way, split,
                way is ChainWay.Tangent or ChainWay.Multiply ? best[first, split].Plan : null,
                way is ChainWay.Adjoint or ChainWay.Multiply ? best[split + 1, last].Plan : null), cost);

            void Try(ChainWay another, int where, double price)
            {
                if (price < cost)
                    (way, split, cost) = (another, where, price);
            }
        }
    }
}
