using HybridAD.Graph;
using HybridAD.Rolling.Loops.Runs;

namespace HybridAD.Rolling.Loops.Units;

/// <summary>
/// The sums that instances add to one after the other, in whatever order: elements of arrays to which the cells of a mesh add, or all pairs of bodies. An instance that reads a sum so far need
/// not wait for it, since all that it does is to name a term.
/// </summary>
internal sealed class Accumulations
{
    private readonly Trace _trace;
    private readonly LoopRuns _runs;
    private readonly Accumulator[][] _ofShape;
    private readonly int[][] _numberOfPosition;
    private readonly byte[][][] _reads;

    // A sum that is read by anything but the next addition is needed as a number.
    private const byte Needed = byte.MaxValue;

    private Accumulations(Trace trace, LoopRuns runs)
    {
        (_trace, _runs) = (trace, runs);
        _ofShape = [.. runs.Shapes.Select(Accumulator.Of)];
        _numberOfPosition = new int[_ofShape.Length][];
        _reads = new byte[_ofShape.Length][][];
    }

    /// <summary>The sums of a recording; null where it has none.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="includeGuards">Whether the nodes of guards are needed as outputs are.</param>
    public static Accumulations? Of(Trace trace, LoopRuns runs, bool includeGuards)
    {
        var sums = new Accumulations(trace, runs);
        do
            sums.CountReads(includeGuards);
        while (sums.DropUnlinked());
        return Array.Exists(sums._ofShape, static accumulators => accumulators.Length > 0) ? sums : null;
    }

    /// <summary>What the bodies of a shape add to.</summary>
    public Accumulator[] OfShape(int shape) => _ofShape[shape];

    /// <summary>Whether the sum after an instance is read by the next addition and by nothing else.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="number">Which of what its bodies add to.</param>
    /// <param name="instance">The instance among those of the shape.</param>
    public bool IsHandedOn(int shape, int number, int instance) => _reads[shape][number][instance] == 1;

    private void CountReads(bool includeGuards)
    {
        for (var s = 0; s < _ofShape.Length; s++)
        {
            var shape = _runs.Shapes[s];
            _numberOfPosition[s] = new int[shape.Length];
            Array.Fill(_numberOfPosition[s], -1);
            for (var number = 0; number < _ofShape[s].Length; number++)
                _numberOfPosition[s][_ofShape[s][number].Position] = number;
            _reads[s] = [.. _ofShape[s].Select(_ => new byte[shape.Count])];
        }
        var near = 0;
        for (var s = 0; s < _ofShape.Length; s++)
        {
            var shape = _runs.Shapes[s];
            for (var outside = 0; outside < shape.Outside.Length; outside++)
            {
                var isSum = Array.Exists(_ofShape[s], accumulator => accumulator.Outside == outside);
                foreach (var node in shape.Outside[outside].Items.AsSpan(0, shape.Count))
                    Read(node, isSum, ref near);
            }
        }
        foreach (var output in _trace.Outputs)
            Read(output, isSum: false, ref near);
        if (includeGuards)
            foreach (var guard in _trace.Guards)
                Read(guard.Node, isSum: false, ref near);
    }

    private void Read(int node, bool isSum, ref int near)
    {
        if (Find(node, ref near) is not { } sum)
            return;
        ref var reads = ref _reads[sum.Shape][sum.Number][sum.Instance];
        reads = isSum && reads == 0 ? (byte)1 : Needed;
    }

    /// <summary>The sum that a node is; null where it is none.</summary>
    public (int Shape, int Number, int Instance)? Find(int node, ref int near)
    {
        if (node < _trace.InputCount)
            return null;
        ref readonly var run = ref _runs.RunOf(node, ref near);
        var (instance, position) = Math.DivRem(node - run.Start, run.Length);
        var number = _numberOfPosition[run.Shape][position];
        return number < 0 ? null : (run.Shape, number, run.First + instance);
    }

    /// <summary>Forgets what is no sum of several instances: additions at the end of bodies.</summary>
    private bool DropUnlinked()
    {
        var isLinked = Array.ConvertAll(_ofShape, static accumulators => new bool[accumulators.Length]);
        var near = 0;
        for (var s = 0; s < _ofShape.Length; s++)
            for (var number = 0; number < _ofShape[s].Length; number++)
                foreach (var node in _runs.Shapes[s].Outside[_ofShape[s][number].Outside].Items.AsSpan(0, _runs.Shapes[s].Count))
                    if (Find(node, ref near) is { } sum && IsHandedOn(sum.Shape, sum.Number, sum.Instance))
                        isLinked[s][number] = isLinked[sum.Shape][sum.Number] = true;
        var isDropped = false;
        for (var s = 0; s < _ofShape.Length; s++)
            if (isLinked[s].AsSpan().Contains(false))
            {
                isDropped = true;
                _ofShape[s] = [.. _ofShape[s].Where((_, number) => isLinked[s][number])];
            }
        return isDropped;
    }
}
