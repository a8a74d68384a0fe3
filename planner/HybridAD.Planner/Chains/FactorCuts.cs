using System.Collections.Immutable;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Waists;
using HybridAD.Plans;

namespace HybridAD.Planning.Chains;

/// <summary>Where a function is cut when its Jacobian is wanted as factors: products with vectors cost what the factors have entries, and the product of the factors is never formed.</summary>
internal static class FactorCuts
{
    /// <summary>Wider waists hardly make two factors smaller than their product.</summary>
    private const int WidestCut = 64;

    /// <summary>How many times flows may walk over the whole graph besides those that look for the narrowest waist.</summary>
    private const double Walks = 100;

    /// <summary>The cuts between the factors, from the inputs to the outputs; none where the Jacobian as a whole takes less.</summary>
    public static ImmutableArray<ImmutableArray<int>> Of(LinearizedGraph graph, SparsityPattern pattern, CostProfile profile)
    {
        var stages = StageSearch.Find(graph, Math.Min(WidestCut, Math.Min(pattern.RowCount, pattern.ColumnCount) / 2), Walks);
        if (stages.Count == 1)
            return [];
        var (plan, _) = JacobianChain.Plan(new FactorPrices(new StagePrices(stages, pattern, profile)));
        var cuts = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var numbers = 0L;
        Add(plan);
        return numbers < pattern.NonzeroCount ? cuts.ToImmutable() : [];

        void Add(ChainStep step)
        {
            if (step.Way != ChainWay.Multiply)
            {
                numbers += (long)stages.WidthBefore(step.First) * stages.WidthAfter(step.Last);
                return;
            }
            Add(step.Early!);
            cuts.Add(stages.Cuts[step.Split]);
            Add(step.Late!);
        }
    }

    /// <summary>The prices of a chain whose factors stay apart.</summary>
    private sealed class FactorPrices(StagePrices stages) : IChainPrices
    {
        public int Count => stages.Count;

        public double Forward(int first, int last) => stages.Forward(first, last);

        public double Reverse(int first, int last) => stages.Reverse(first, last);

        public double Tangent(int first, int split, int last) => double.PositiveInfinity;

        public double Adjoint(int first, int split, int last) => double.PositiveInfinity;

        public double Multiply(int first, int split, int last) => 0;
    }
}
