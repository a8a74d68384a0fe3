using HybridAD.PlannerTests.Elimination;
using HybridAD.Planning.Chains;

namespace HybridAD.PlannerTests.Chains;

public class JacobianChainTests
{
    [Fact]
    public void Short_chains_are_planned_as_cheaply_as_by_trying_everything()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var factors = new List<ChainFactor>();
            var inputs = random.Next(1, 9);
            for (var k = 0; k <= seed % 6; k++)
            {
                var outputs = random.Next(1, 9);
                factors.Add(new ChainFactor(outputs, inputs, random.Next(1, 80)));
                inputs = outputs;
            }
            Assert.Equal(Cheapest(factors, 0, factors.Count - 1), JacobianChain.Plan(new FactorChain(factors)).Cost);
        }
    }

    [Theory]
    [InlineData("chain_p_3_3.txt", 56)]
    [InlineData("chain_p_10_10.txt", 1344)]
    public void Published_chains_take(string file, long cost)
    {
        if (SharedElimination.Lines(file) is not { } lines)
            return;
        var factors = lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ').Select(int.Parse).ToArray()).Select(n => new ChainFactor(n[0], n[1], n[2])).ToList();
        Assert.Equal(cost, JacobianChain.Plan(new FactorChain(factors)).Cost);
    }

    /// <summary>Every bracketing, every way, by plain recursion.</summary>
    private static long Cheapest(List<ChainFactor> factors, int first, int last)
    {
        if (first == last)
            return Math.Min(factors[first].Inputs, factors[first].Outputs) * factors[first].Edges;
        var best = long.MaxValue;
        for (var split = first; split < last; split++)
        {
            var (early, late) = (Cheapest(factors, first, split), Cheapest(factors, split + 1, last));
            long through = factors.Skip(split + 1).Take(last - split).Sum(f => f.Edges) * factors[first].Inputs;
            long back = factors.Skip(first).Take(split - first + 1).Sum(f => f.Edges) * factors[last].Outputs;
            best = new[] { best, early + through, late + back, early + late + (long)factors[last].Outputs * factors[split].Outputs * factors[first].Inputs }.Min();
        }
        return best;
    }
}
