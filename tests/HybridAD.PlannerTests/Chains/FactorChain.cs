using HybridAD.Planning.Chains;

namespace HybridAD.PlannerTests.Chains;

/// <summary>One factor of a chain of Jacobians, the first applied being the first.</summary>
/// <param name="Outputs">Rows m.</param>
/// <param name="Inputs">Columns n.</param>
/// <param name="Edges">Edges of its linearised graph: multiply-adds of one sweep in one direction.</param>
internal readonly record struct ChainFactor(int Outputs, int Inputs, long Edges);

/// <summary>Counts the fused multiply-adds of a chain of dense factors, the measure in which the literature compares.</summary>
internal sealed class FactorChain : IChainPrices
{
    private readonly IReadOnlyList<ChainFactor> _factors;
    private readonly long[] _edges;

    public FactorChain(IReadOnlyList<ChainFactor> factors)
    {
        _factors = factors;
        _edges = new long[factors.Count + 1];
        for (var k = 0; k < factors.Count; k++)
            _edges[k + 1] = checked(_edges[k] + factors[k].Edges);
    }

    public int Count => _factors.Count;

    public double Forward(int first, int last) => (double)_factors[first].Inputs * Edges(first, last);

    public double Reverse(int first, int last) => (double)_factors[last].Outputs * Edges(first, last);

    public double Tangent(int first, int split, int last) => (double)_factors[first].Inputs * Edges(split + 1, last);

    public double Adjoint(int first, int split, int last) => (double)_factors[last].Outputs * Edges(first, split);

    public double Multiply(int first, int split, int last) => (double)_factors[last].Outputs * _factors[split].Outputs * _factors[first].Inputs;

    private long Edges(int first, int last) => _edges[last + 1] - _edges[first];
}
