using System.Numerics;
using HybridAD.Plans;

namespace HybridAD.Planning.Elimination.Search;

/// <summary>Counts every product (<see cref="EliminationRules.All"/>): in-edges times out-edges.</summary>
internal sealed unsafe class PlainEvaluator(DualGraph graph) : Evaluator(graph)
{
    public override long CostOf(int vertex) => (long)Count(In + vertex * Words) * Count(Out + vertex * Words);

    protected override void ResetLabels()
    {
    }

    protected override long Multiply(int v, ulong* sources, ulong* targets)
    {
        var (ins, outs) = (0, 0);
        for (var w = 0; w < Words; w++)
        {
            ins += BitOperations.PopCount(sources[w]);
            outs += BitOperations.PopCount(targets[w]);
            for (var bits = sources[w] & InnerMask[w]; bits != 0; bits &= bits - 1)
            {
                var row = Out + (64 * w + BitOperations.TrailingZeroCount(bits)) * Words;
                for (var x = 0; x < Words; x++)
                    row[x] |= targets[x];
            }
            for (var bits = targets[w]; bits != 0; bits &= bits - 1)
            {
                var row = In + (64 * w + BitOperations.TrailingZeroCount(bits)) * Words;
                for (var x = 0; x < Words; x++)
                    row[x] |= sources[x];
            }
        }
        return (long)ins * outs;
    }
}
