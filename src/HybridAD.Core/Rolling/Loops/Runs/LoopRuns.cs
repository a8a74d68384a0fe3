using System.IO.Hashing;
using System.Numerics;
using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Runs;

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

    /// <summary>
    /// Shapes that a body is compared with before its own is written down: those that were met last. There may be hundreds with the same operations.
    /// </summary>
    private const int MostTried = 8;

    /// <summary>How many times as long as what is written down of it a recording is at least, up to wherever it was read,</summary>
    private const int LeastKnown = 2;

    /// <summary>and how many times as long as what may be written down before anything repeats.</summary>
    private const int LeastFree = 32;

    /// <summary>Runs that are looked at before all are searched.</summary>
    private const int MostAhead = 4;

    private readonly Trace _trace;
    private readonly bool _mixesLiterals;
    private readonly KeyNumbers _hashes = new();
    private readonly List<List<BodyShape>> _byHash = [];
    private readonly KeyNumbers _operations = new();
    private readonly List<List<BodyShape>> _byOperations = [];
    private readonly Growing<int> _key = new(256);
    private readonly InstanceNumbers _found = new();
    private readonly Growing<LoopRun> _runs = new();
    private int[] _starts = [];
    private long _shapeNodes;
    private long _writtenNodes;

    private LoopRuns(Trace trace, bool mixesLiterals) => (_trace, _mixesLiterals) = (trace, mixesLiterals);

    /// <summary>The shapes in the order in which they occur.</summary>
    public List<BodyShape> Shapes { get; } = [];

    /// <summary>The runs in recorded order; together they are the whole recording.</summary>
    public ReadOnlySpan<LoopRun> Runs => _runs.Items.AsSpan(0, _runs.Count);

    /// <summary>Divides a recording; null where too little of it is in loops.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="stretches">Its loops and what is between them, in order and without gaps.</param>
    /// <param name="leastShare">The least share of it that has to be in loops.</param>
    /// <param name="mixesLiterals">Whether literals that are only calculated with may be 0 or ±1 in some instances of a shape and not in others.</param>
    public static LoopRuns? Of(Trace trace, Growing<Stretch> stretches, double leastShare, bool mixesLiterals)
    {
        var runs = new LoopRuns(trace, mixesLiterals);
        return runs.Divide(stretches, leastShare) ? runs : null;
    }

    /// <summary>Whether so much of a recording is in loops that what keeps it from being divided are differences between their bodies.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="stretches">Its loops and what is between them.</param>
    /// <param name="leastShare">The least share of it that has to be in loops.</param>
    /// <param name="fewest">The least number of instances of a loop.</param>
    /// <param name="shortest">The least number of nodes of a body.</param>
    public static bool AreEnough(Trace trace, Growing<Stretch> stretches, double leastShare, int fewest, int shortest)
    {
        var inLoops = 0L;
        foreach (var stretch in stretches)
            if (stretch.Count >= fewest && stretch.Length >= shortest)
                inLoops += (long)stretch.Length * stretch.Count;
        return inLoops >= leastShare * (trace.NodeCount - trace.InputCount);
    }

    /// <summary>The run that computes a node.</summary>
    /// <param name="node">The node, not an input.</param>
    /// <param name="near">A guess, which mostly is right for neighbours; becomes the run.</param>
    public ref readonly LoopRun RunOf(int node, ref int near)
    {
        // What loops read in turn is in the same run mostly, or a few runs further on.
        for (var ahead = 0; ahead < MostAhead && near + 1 < _starts.Length && _starts[near + 1] <= node; ahead++)
            near++;
        if (_starts[near] > node || (near + 1 < _starts.Length && _starts[near + 1] <= node))
        {
            near = Array.BinarySearch(_starts, node);
            if (near < 0)
                near = ~near - 1;
        }
        return ref _runs.Items[near];
    }

    private bool Divide(Growing<Stretch> stretches, double leastShare)
    {
        // What is not in loops may be a body too: that of the first and last cells between the rows of a grid.
        var unrepeated = (1 - leastShare) * (_trace.NodeCount - _trace.InputCount);
        foreach (var stretch in stretches)
        {
            if (stretch.Length > LoopScan.LongestPeriod)
                return false;
            var all = _trace.Operations.Slice(stretch.Start, stretch.Length * stretch.Count);
            var (done, endOfEqual) = (0, 0);
            while (done < stretch.Count)
            {
                var start = stretch.Start + done * stretch.Length;
                // Stated instances of equal length need not have equal operations. How far they are equal is found once for all runs that it has.
                var first = done * stretch.Length;
                if (endOfEqual <= first)
                    endOfEqual = first + all[first..].CommonPrefixLength(all[(first + stretch.Length)..]);
                var most = Math.Min(stretch.Count - done, 1 + (endOfEqual - first) / stretch.Length);
                if (Added(start, stretch.Length, most, out var count) is not { } shape)
                    return false;
                _runs.Add(new LoopRun(start, stretch.Length, count, shape.Index, shape.Count - count));
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

    /// <summary>Adds instances of equal operations to the shape that the first of them has; null where it has none.</summary>
    private BodyShape? Added(int start, int length, int most, out int count)
    {
        // Most bodies are like earlier ones, which is sooner seen by their operations and kinds of literals than by writing their shape down.
        var operations = _trace.Operations.Slice(start, length);
        var number = _operations.NumberOf(XxHash3.HashToUInt64(operations, _mixesLiterals ? 0 : KindsOfLiterals(start, length)));
        if (number == _byOperations.Count)
            _byOperations.Add([]);
        var alike = _byOperations[number];
        for (var k = 0; k < Math.Min(MostTried, alike.Count); k++)
            if (alike[k] is var known && known.Length == length && operations.SequenceEqual(_trace.Operations.Slice(known.FirstNode, length))
                && (count = known.AddRun(start, most, _found)) > 0)
            {
                MoveToFront(alike, k);
                return known;
            }
        count = 0;
        if (ShapeOf(start, length) is not { } shape || (count = shape.AddRun(start, most, _found)) == 0)
            return null;
        if (shape.FirstNode == start)
            alike.Add(shape);
        MoveToFront(alike, alike.IndexOf(shape));
        return shape;
    }

    /// <summary>A number that is the same for bodies whose literals are of the same kinds.</summary>
    private long KindsOfLiterals(int start, int length)
    {
        var hash = 0UL;
        for (var node = start; node < start + length; node++)
            if (_trace.Operations[node] == Op.Constant)
                hash = (BitOperations.RotateLeft(hash, 5) ^ (uint)BodyChecks.KindOf(_trace.ConstantOf(node))) * 0xD6E8FEB86659FD93;
        return (long)hash;
    }

    private static void MoveToFront(List<BodyShape> shapes, int place)
    {
        if (place <= 0)
            return;
        var shape = shapes[place];
        shapes.RemoveAt(place);
        shapes.Insert(0, shape);
    }

    private BodyShape? ShapeOf(int start, int length)
    {
        // Where much is different, looking for more of the same is not worth its time.
        _writtenNodes += length;
        var free = Math.Max(2 * LoopScan.LongestPeriod, _trace.NodeCount / LeastFree);
        if (_writtenNodes > free + (start - _trace.InputCount) / LeastKnown)
            return null;
        var shape = BodyShape.Of(_trace, start, length, Shapes.Count, MostOutside, _mixesLiterals, _key);
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
        _shapeNodes += length;
        if (_shapeNodes > Math.Max(LoopScan.LongestPeriod, _trace.NodeCount / LeastRepetition))
            return null;
        shape.Open();
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
