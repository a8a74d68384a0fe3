using HybridAD.Planning.Costs;
using HybridAD.Planning.Waists;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD.Planning.Chains;

/// <summary>Prices the steps of a chain as the executor runs them: sweeps with several directions at once, products of padded matrices.</summary>
internal sealed class StagePrices : IChainPrices
{
    /// <summary>Columns that a product computes at once at least.</summary>
    private const int ProductColumns = 8;

    /// <summary>The columns of a matrix in memory are a multiple of this.</summary>
    private const int MatrixColumns = 16;

    private readonly StageGraph _stages;
    private readonly SparsityPattern _pattern;
    private readonly CostProfile _profile;
    private readonly long[] _operations;
    private readonly long[] _edges;

    public StagePrices(StageGraph stages, SparsityPattern pattern, CostProfile profile)
    {
        _stages = stages;
        _pattern = pattern;
        _profile = profile;
        _operations = new long[stages.Count + 1];
        _edges = new long[stages.Count + 1];
        for (var stage = 0; stage < stages.Count; stage++)
        {
            _operations[stage + 1] = _operations[stage] + stages.OperationsOf(stage);
            _edges[stage + 1] = _edges[stage] + stages.EdgesOf(stage);
        }
    }

    public int Count => _stages.Count;

    public double Forward(int first, int last) =>
        Sweeps(Inputs(first), first, last, 1) + Inputs(first) * (double)Outputs(last) * _profile.EntryCopy;

    public double Reverse(int first, int last) =>
        Sweeps(Outputs(last), first, last, _profile.ReverseFactor) + Outputs(last) * (double)Inputs(first) * _profile.EntryCopy;

    public double Tangent(int first, int split, int last) =>
        Sweeps(Inputs(first), split + 1, last, 1) + Inputs(first) * ((double)Outputs(split) + Outputs(last)) * _profile.EntryCopy;

    public double Adjoint(int first, int split, int last) =>
        Sweeps(Outputs(last), first, split, _profile.ReverseFactor) + Outputs(last) * ((double)Outputs(split) + Inputs(first)) * _profile.EntryCopy;

    public double Multiply(int first, int split, int last) => first == 0 && last == Count - 1 && !IsFull
        ? (double)_pattern.NonzeroCount * Outputs(split) * _profile.SparseProduct
        : MultiplyAdds(first, split, last) * _profile.DenseProduct;

    /// <summary>Multiply-adds of a plan, directions and columns that only fill vectors included.</summary>
    public double MultiplyAdds(ChainStep step) => step.Way switch
    {
        ChainWay.Forward => Directions(Inputs(step.First)) * Edges(step.First, step.Last),
        ChainWay.Reverse => Directions(Outputs(step.Last)) * Edges(step.First, step.Last),
        ChainWay.Tangent => Directions(Inputs(step.First)) * Edges(step.Split + 1, step.Last) + MultiplyAdds(step.Early!),
        ChainWay.Adjoint => Directions(Outputs(step.Last)) * Edges(step.First, step.Split) + MultiplyAdds(step.Late!),
        _ => MultiplyAdds(step.First, step.Split, step.Last) + MultiplyAdds(step.Early!) + MultiplyAdds(step.Late!),
    };

    /// <summary>Directions of a plan, those of tangents and of adjoints apart, and the sweeps in which they travel.</summary>
    public (int Forward, int Reverse, int Sweeps) Directions(ChainStep step)
    {
        var (forward, reverse) = step.Way switch
        {
            ChainWay.Forward or ChainWay.Tangent => (Inputs(step.First), 0),
            ChainWay.Reverse or ChainWay.Adjoint => (0, Outputs(step.Last)),
            _ => (0, 0),
        };
        var sweeps = Passes(forward + reverse);
        foreach (var part in (ReadOnlySpan<ChainStep?>)[step.Early, step.Late])
            if (part is not null)
            {
                var (partForward, partReverse, partSweeps) = Directions(part);
                (forward, reverse, sweeps) = (forward + partForward, reverse + partReverse, sweeps + partSweeps);
            }
        return (forward, reverse, sweeps);
    }

    /// <summary>Numbers that the matrices of a plan take at most, those that are not needed at the same time included.</summary>
    public double MatrixNumbers(ChainStep? step, bool isLast = true) => step is null ? 0
        : (isLast && step.Way == ChainWay.Multiply ? 0 : Outputs(step.Last) * Padded(Inputs(step.First), MatrixColumns))
            + MatrixNumbers(step.Early, isLast: false) + MatrixNumbers(step.Late, isLast: false);

    private bool IsFull => _pattern.NonzeroCount == (long)_pattern.RowCount * _pattern.ColumnCount;

    private double Sweeps(int directions, int first, int last, double perEdge) =>
        Passes(directions) * ((_operations[last + 1] - _operations[first]) * _profile.SweepNode + Edges(first, last) * _profile.SweepEdge(SweepWidth.For(directions)) * perEdge);

    private double MultiplyAdds(int first, int split, int last) =>
        IsFull || first > 0 || last < Count - 1
            ? Outputs(last) * (double)Outputs(split) * Padded(Inputs(first), ProductColumns)
            : (double)_pattern.NonzeroCount * Outputs(split);

    private double Edges(int first, int last) => _edges[last + 1] - _edges[first];

    private int Inputs(int stage) => _stages.WidthBefore(stage);

    private int Outputs(int stage) => _stages.WidthAfter(stage);

    private static int Passes(int directions) => (directions + SweepWidth.For(directions) - 1) / SweepWidth.For(directions);

    private static double Directions(int directions) => (double)Passes(directions) * SweepWidth.For(directions);

    private static double Padded(int columns, int to) => (columns + to - 1) / to * (double)to;
}
