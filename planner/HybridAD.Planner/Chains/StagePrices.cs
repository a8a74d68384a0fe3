using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Planning.Waists;
using HybridAD.Plans;

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
        Nanoseconds(SweepDirection.Forward, Inputs(first), first, last) + Inputs(first) * (double)Outputs(last) * _profile.ThinFactor;

    public double Reverse(int first, int last) =>
        Nanoseconds(SweepDirection.Reverse, Outputs(last), first, last) + Outputs(last) * (double)Inputs(first) * _profile.ThinFactor;

    public double Tangent(int first, int split, int last) =>
        Nanoseconds(SweepDirection.Forward, Inputs(first), split + 1, last) + Inputs(first) * ((double)Outputs(split) + Outputs(last)) * _profile.ThinFactor;

    public double Adjoint(int first, int split, int last) =>
        Nanoseconds(SweepDirection.Reverse, Outputs(last), first, split) + Outputs(last) * ((double)Outputs(split) + Inputs(first)) * _profile.ThinFactor;

    public double Multiply(int first, int split, int last) =>
        MultiplyAdds(first, split, last) * (IsSparse(first, last) ? _profile.SparseProduct : _profile.DenseProduct);

    /// <summary>What a plan does.</summary>
    public Work WorkOf(ChainStep step)
    {
        var (inputs, outputs) = (Inputs(step.First), Outputs(step.Last));
        return step.Way switch
        {
            ChainWay.Forward => Sweeps(SweepDirection.Forward, inputs, step.First, step.Last).Work.Add(Price.ThinFactor, inputs * (double)outputs),
            ChainWay.Reverse => Sweeps(SweepDirection.Reverse, outputs, step.First, step.Last).Work.Add(Price.ThinFactor, outputs * (double)inputs),
            ChainWay.Tangent => Sweeps(SweepDirection.Forward, inputs, step.Split + 1, step.Last).Work
                .Add(Price.ThinFactor, inputs * ((double)Outputs(step.Split) + outputs)).Add(WorkOf(step.Early!)),
            ChainWay.Adjoint => Sweeps(SweepDirection.Reverse, outputs, step.First, step.Split).Work
                .Add(Price.ThinFactor, outputs * ((double)Outputs(step.Split) + inputs)).Add(WorkOf(step.Late!)),
            _ => WorkOf(step.Early!).Add(WorkOf(step.Late!)).Add(
                IsSparse(step.First, step.Last) ? Price.SparseProduct : Price.DenseProduct, MultiplyAdds(step.First, step.Split, step.Last)),
        };
    }

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

    /// <summary>Whether only some numbers of a product are wanted: it is the Jacobian itself, and that has zeros.</summary>
    private bool IsSparse(int first, int last) => first == 0 && last == Count - 1 && !IsFull;

    private double Nanoseconds(SweepDirection direction, int directions, int first, int last)
    {
        // As Sweeps(…).Work, without making a list of counts for each of the many steps that are compared.
        var sweeps = Sweeps(direction, directions, first, last);
        var edge = direction == SweepDirection.Forward ? _profile.SweepEdge(sweeps.Width) : _profile.ReverseEdge(sweeps.Width);
        return sweeps.Sweeps * _profile.Sweep + sweeps.Seeds * _profile.SweepSeed + sweeps.Visits * (_profile.SweepNode + _profile.SweepCarrier) + sweeps.Followed * edge;
    }

    private SweepCounts Sweeps(SweepDirection direction, int directions, int first, int last)
    {
        var (width, passes) = SweepCounts.WidthAndSweeps(directions);
        var visits = (double)passes * (_operations[last + 1] - _operations[first]);
        return new SweepCounts(direction, width, passes, visits, visits, passes * Edges(first, last), 0, directions);
    }

    private double MultiplyAdds(int first, int split, int last) =>
        IsSparse(first, last)
            ? (double)_pattern.NonzeroCount * Outputs(split)
            : Outputs(last) * (double)Outputs(split) * Padded(Inputs(first), ProductColumns);

    private double Edges(int first, int last) => _edges[last + 1] - _edges[first];

    private int Inputs(int stage) => _stages.WidthBefore(stage);

    private int Outputs(int stage) => _stages.WidthAfter(stage);

    private static int Passes(int directions) => (directions + SweepWidth.For(directions) - 1) / SweepWidth.For(directions);

    private static double Directions(int directions) => (double)Passes(directions) * SweepWidth.For(directions);

    private static double Padded(int columns, int to) => (columns + to - 1) / to * (double)to;
}
