using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops;

/// <summary>
/// A recording as runs: instances of one shape one after the other. Shapes are the same for equal bodies wherever they are, so the first and last cells of
/// the rows of a grid are instances of one shape too.
/// </summary>
internal sealed class LoopRuns
{
    /// <summary>What one body may read from outside at most: equal operands are looked for among all of them.</summary>
    private const int MostOutside = 512;

    /// <summary>How many times as long as all distinct bodies a recording is at least.</summary>
    private const int LeastRepetition = 8;

    private readonly Trace _trace;
    private readonly KeyNumbers _hashes = new();
    private readonly List<List<BodyShape>> _byHash = [];
    private readonly Growing<int> _key = new(256);
    private readonly InstanceNumbers _found = new();
    private readonly Growing<LoopRun> _runs = new();
    private int[] _starts = [];
    private long _shapeNodes;

    private LoopRuns(Trace trace) => _trace = trace;

    /// <summary>The shapes in the order in which they occur.</summary>
    public List<BodyShape> Shapes { get; } = [];

    /// <summary>The runs in recorded order; together they are the whole recording.</summary>
    public ReadOnlySpan<LoopRun> Runs => _runs.Items.AsSpan(0, _runs.Count);

    /// <summary>Divides a recording; null where too little of it is in loops.</summary>
    public static LoopRuns? Of(Trace trace, double leastShare)
    {
        var runs = new LoopRuns(trace);
        return runs.Divide(leastShare) ? runs : null;
    }

    /// <summary>The run that computes a node.</summary>
    /// <param name="node">The node, not an input.</param>
    /// <param name="near">A guess, which mostly is right for neighbours; becomes the run.</param>
    public ref readonly LoopRun RunOf(int node, ref int near)
    {
        if (_starts[near] > node || (near + 1 < _starts.Length && _starts[near + 1] <= node))
        {
            near = Array.BinarySearch(_starts, node);
            if (near < 0)
                near = ~near - 1;
        }
        return ref _runs.Items[near];
    }

    private bool Divide(double leastShare)
    {
        var stretches = LoopScan.Of(_trace);
        // What is not in loops may be a body too: that of the first and last cells between the rows of a grid.
        var unrepeated = (1 - leastShare) * (_trace.NodeCount - _trace.InputCount);
        foreach (var stretch in stretches)
        {
            if (stretch.Length > LoopScan.LongestPeriod)
                return false;
            var done = 0;
            while (done < stretch.Count)
            {
                var start = stretch.Start + done * stretch.Length;
                if (ShapeOf(start, stretch.Length) is not { } shape)
                    return false;
                var first = shape.Count;
                var count = shape.AddRun(start, stretch.Count - done, _found);
                if (count == 0)
                    return false;
                _runs.Add(new LoopRun(start, stretch.Length, count, shape.Index, first));
                done += count;
            }
        }
        foreach (var shape in Shapes)
            if (shape.Count < Roller.SmallestGroup)
                unrepeated -= (double)shape.Count * shape.Length;
        _starts = new int[_runs.Count];
        for (var k = 0; k < _starts.Length; k++)
            _starts[k] = _runs.Items[k].Start;
        return unrepeated >= 0;
    }

    private BodyShape? ShapeOf(int start, int length)
    {
        var shape = BodyShape.Of(_trace, start, length, Shapes.Count, MostOutside, _key);
        if (shape is null)
            return null;
        var key = _key.Items.AsSpan(0, _key.Count);
        var hash = 0UL;
        foreach (var number in key)
        {
            hash = (hash ^ (uint)number) * 0xD6E8FEB86659FD93;
            hash ^= hash >> 32;
        }
        var alike = _hashes.NumberOf(hash);
        if (alike == _byHash.Count)
            _byHash.Add([]);
        foreach (var same in _byHash[alike])
            if (key.SequenceEqual(same.Key))
                return same;
        // Where much is different, looking for more of the same is not worth its time.
        _shapeNodes += length;
        if (_shapeNodes > Math.Max(LoopScan.LongestPeriod, _trace.NodeCount / LeastRepetition))
            return null;
        shape.Key = key.ToArray();
        _byHash[alike].Add(shape);
        Shapes.Add(shape);
        return shape;
    }
}

/// <summary>Instances of a shape that are recorded one after the other.</summary>
/// <param name="Start">The first node.</param>
/// <param name="Length">Nodes of an instance.</param>
/// <param name="Count">Number of instances.</param>
/// <param name="Shape">The shape.</param>
/// <param name="First">The first of them among the instances of the shape.</param>
internal readonly record struct LoopRun(int Start, int Length, int Count, int Shape, int First);
