using HybridAD.Graph;
using HybridAD.Rolling.Loops.Runs;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Units;

/// <summary>What the runs of a recording wait for: the longest way to each, and the sums that go through the instances of a run.</summary>
internal sealed class LoopLevels
{
    /// <summary>Most levels: a computation in more steps is a chain, in which each step has to be found again anyway.</summary>
    public const int Most = 64;

    /// <summary>Fewest instances in a run that adds to a sum: shorter sums stay in the bodies around them.</summary>
    private const int ShortestSum = Expressions.Long;

    private readonly Trace _trace;
    private readonly LoopRuns _runs;
    private readonly int[] _levels;
    private readonly CarriedSum?[] _carried;
    private readonly Accumulations? _accumulations;
    private readonly int[][][] _sumLevels;

    private LoopLevels(Trace trace, LoopRuns runs, Accumulations? accumulations)
    {
        (_trace, _runs, _accumulations) = (trace, runs, accumulations);
        _sumLevels = accumulations is null ? [] : [.. runs.Shapes.Select((shape, s) => Array.ConvertAll(accumulations.OfShape(s), _ => new int[shape.Count]))];
        (_levels, _carried) = (new int[runs.Runs.Length], new CarriedSum?[runs.Shapes.Count]);
    }

    /// <summary>The levels; null where instances of loops wait for each other by anything but sums, or where there are too many.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="accumulations">The sums that instances add to in any order; null to look for sums that go through all instances of a run.</param>
    public static LoopLevels? Of(Trace trace, LoopRuns runs, Accumulations? accumulations)
    {
        var levels = new LoopLevels(trace, runs, accumulations);
        return (accumulations is null ? levels.Find() : levels.FindAround(accumulations)) ? levels : null;
    }

    /// <summary>The number of runs one after the other that come before a run.</summary>
    public int this[int run] => _levels[run];

    /// <summary>The sum that the instances of a shape add to, if they do.</summary>
    public CarriedSum? SumOf(int shape) => _carried[shape];

    /// <summary>What the bodies of a shape add to.</summary>
    public Accumulator[] AccumulatorsOf(int shape) => _accumulations?.OfShape(shape) ?? [];

    /// <summary>For each sum that the bodies of a shape add to, and each instance, the level on which it is complete; −1 where the next one adds to it.</summary>
    public int[][] SumLevelsOf(int shape)
    {
        if (_accumulations is null)
            return [];
        var levels = Array.ConvertAll(_sumLevels[shape], static of => (int[])of.Clone());
        for (var number = 0; number < levels.Length; number++)
            for (var instance = 0; instance < levels[number].Length; instance++)
                if (_accumulations.IsHandedOn(shape, number, instance))
                    levels[number][instance] = -1;
        return levels;
    }

    /// <summary>Levels where nothing waits for a sum that it adds to, and a sum is there after the last one that adds to it.</summary>
    private bool FindAround(Accumulations accumulations)
    {
        if (!AreSums(accumulations))
            return false;
        var near = 0;
        for (var r = 0; r < _runs.Runs.Length; r++)
        {
            var run = _runs.Runs[r];
            var (shape, sums) = (_runs.Shapes[run.Shape], accumulations.OfShape(run.Shape));
            for (var k = 0; k < shape.Outside.Length; k++)
            {
                if (Array.Exists(sums, sum => sum.Outside == k))
                    continue;
                foreach (var node in shape.Outside[k].Items.AsSpan(run.First, run.Count))
                {
                    if (node < _trace.InputCount)
                        continue;
                    _runs.RunOf(node, ref near);
                    if (near == r)
                        return false;
                    _levels[r] = Math.Max(_levels[r], LevelOf(accumulations, node, ref near) + 1);
                }
            }
            for (var instance = run.First; instance < run.First + run.Count; instance++)
                for (var number = 0; number < sums.Length; number++)
                {
                    var before = shape.Outside[sums[number].Outside].Items[instance];
                    var level = _levels[r];
                    if (before >= _trace.InputCount)
                        level = Math.Max(level, LevelOf(accumulations, before, ref near) + (IsRow(accumulations, before, ref near) ? 1 : 0));
                    if (level >= Most)
                        return false;
                    _sumLevels[run.Shape][number][instance] = level;
                }
            if (_levels[r] >= Most)
                return false;
        }
        return true;
    }

    private int LevelOf(Accumulations accumulations, int node, ref int near) =>
        accumulations.Find(node, ref near) is var (shape, number, instance) ? _sumLevels[shape][number][instance] : LevelOfRun(node, ref near);

    private int LevelOfRun(int node, ref int near)
    {
        _runs.RunOf(node, ref near);
        return _levels[near];
    }

    private static bool IsRow(Accumulations accumulations, int node, ref int near) =>
        accumulations.Find(node, ref near) is var (shape, number, instance) && !accumulations.IsHandedOn(shape, number, instance);

    /// <summary>Whether nothing but sums starts from 0.</summary>
    private bool AreSums(Accumulations? accumulations)
    {
        for (var s = 0; s < _runs.Shapes.Count; s++)
        {
            var shape = _runs.Shapes[s];
            for (var k = 0; k < shape.Outside.Length; k++)
                if (shape.Outside[k].Items.AsSpan(0, shape.Count).Contains(BodyChecks.FromZero) && (accumulations is null || !Array.Exists(accumulations.OfShape(s), sum => sum.Outside == k)))
                    return false;
        }
        return true;
    }

    private bool Find()
    {
        if (!AreSums(accumulations: null))
            return false;
        var near = 0;
        for (var r = 0; r < _runs.Runs.Length; r++)
        {
            var run = _runs.Runs[r];
            var shape = _runs.Shapes[run.Shape];
            for (var k = 0; k < shape.Outside.Length; k++)
            {
                var column = shape.Outside[k].Items.AsSpan(run.First, run.Count);
                if (column[^1] >= run.Start)
                {
                    // What is computed in the same run can only be the sum so far.
                    if (!IsCarried(run, shape, k, column))
                        return false;
                    column = column[..1];
                }
                foreach (var node in column)
                {
                    if (node < _trace.InputCount)
                        continue;
                    _runs.RunOf(node, ref near);
                    if (near == r)
                        return false;
                    _levels[r] = Math.Max(_levels[r], _levels[near] + (_carried[run.Shape]?.Outside == k && MayStartHere(run, shape, r, near) ? 0 : 1));
                }
            }
            if (_carried[run.Shape] is { } sum && (run.Count < ShortestSum || shape.Outside[sum.Outside].Items[run.First + run.Count - 1] < run.Start))
                return false;
            if (_levels[r] >= Most)
                return false;
        }
        return true;
    }

    /// <summary>Whether a sum through the only run of a shape starts from what is recorded before it: in most loops the first body, which adds to a literal.</summary>
    private bool MayStartHere(LoopRun run, BodyShape shape, int r, int start) =>
        start == r - 1 && run.Count == shape.Count && _runs.Runs[start].Count == 1 && _runs.Shapes[_runs.Runs[start].Shape].Count == 1;

    private bool IsCarried(LoopRun run, BodyShape shape, int outside, ReadOnlySpan<int> column)
    {
        var position = column[^1] - (run.Start + (run.Count - 2) * run.Length);
        if (run.Count < ShortestSum || (uint)position >= (uint)run.Length || column[0] >= run.Start)
            return false;
        for (var i = 1; i < column.Length; i++)
            if (column[i] != run.Start + (i - 1) * run.Length + position)
                return false;
        var sum = new CarriedSum(outside, position);
        if (_carried[run.Shape] is { } known)
            return known == sum;
        // Runs that are shorter have to have been sums too.
        if (run.First > 0 || !IsSum(shape, sum))
            return false;
        _carried[run.Shape] = sum;
        return true;
    }

    /// <summary>Whether a body does nothing to the sum so far but add to it.</summary>
    private static bool IsSum(BodyShape shape, CarriedSum sum)
    {
        var uses = new int[shape.Nodes.Length];
        var readings = 0;
        foreach (var node in shape.Nodes)
            if (node.Operation != Op.Constant)
                foreach (var operand in node.Operands)
                    if (operand >= 0)
                        uses[operand]++;
                    else if (operand == ~sum.Outside)
                        readings++;
        if (readings != 1 || uses[sum.Position] != 0)
            return false;
        // From where the sum is read, up to the result.
        var at = ~sum.Outside;
        for (var k = 0; k < shape.Length; k++)
        {
            var node = shape.Nodes[k];
            if (node.Operation == Op.Constant || !node.Operands.Contains(at))
                continue;
            if (node.Operation != Op.Add && !(node.Operation == Op.Sub && node.Operands[0] == at))
                return false;
            if (k == sum.Position)
                return true;
            if (uses[k] != 1)
                return false;
            at = k;
        }
        return false;
    }
}
