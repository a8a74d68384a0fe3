using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// Finds where a recording repeats itself: stretches of operations that are the same as those one period before. One pass that compares bytes; periods are found
/// by the place where eight operations in a row were last seen, so there is no search over periods.
/// </summary>
internal sealed class LoopScan
{
    /// <summary>The longest body that is looked for, in nodes.</summary>
    public const int LongestPeriod = 4096;

    /// <summary>Fewest nodes of a loop: sums of a few terms are loops too, but a part of the body of a larger one.</summary>
    private const int ShortestLoop = 128;

    /// <summary>Fewest bodies of a loop.</summary>
    public const int FewestPeriods = 3;

    private const int GramLength = 8;
    private const int TableBits = 12;

    private readonly Trace _trace;
    private readonly bool _inPieces;
    private readonly Growing<Stretch> _stretches;

    private LoopScan(Trace trace, bool inPieces, Growing<Stretch> stretches) => (_trace, _inPieces, _stretches) = (trace, inPieces, stretches);

    /// <summary>Divides a recording into loops and what is between them, in order and without gaps.</summary>
    public static Growing<Stretch> Of(Trace trace)
    {
        var stretches = new Growing<Stretch>();
        Add(trace, trace.InputCount, trace.NodeCount, inPieces: false, stretches);
        return stretches;
    }

    /// <summary>Divides a part of a recording in the same way.</summary>
    /// <param name="trace">The recording.</param>
    /// <param name="from">The first node.</param>
    /// <param name="until">One more than the last.</param>
    /// <param name="inPieces">Whether what is between loops is divided where nothing computed before is read after.</param>
    /// <param name="stretches">Receives the parts.</param>
    public static void Add(Trace trace, int from, int until, bool inPieces, Growing<Stretch> stretches)
    {
        var scan = new LoopScan(trace, inPieces, stretches);
        if (until - from >= ShortestLoop)
            scan.Run(from, until);
        else
            scan.AddBetween(from, until);
    }

    private void Run(int from, int until)
    {
        var operations = _trace.Operations[..until];
        var lastSeen = new int[1 << TableBits];
        var (done, next) = (from, from);
        while (next + GramLength <= operations.Length)
        {
            var gram = MemoryMarshal.Read<ulong>(operations[next..]);
            ref var last = ref lastSeen[(gram * 0x9E3779B97F4A7C15) >> (64 - TableBits)];
            var (before, period) = (last, next - last);
            last = next;
            if (before < done || period is 0 or > LongestPeriod)
            {
                next++;
                continue;
            }
            var equal = operations[next..].CommonPrefixLength(operations[before..]);
            if (equal + period < Math.Max(ShortestLoop, FewestPeriods * period))
            {
                next++;
                continue;
            }
            var start = before;
            while (start > done && operations[start - 1] == operations[start - 1 + period])
                start--;
            var first = Aligned(_trace, start, next + equal, period);
            var count = (next + equal - first) / period;
            AddBetween(done, first);
            _stretches.Add(new Stretch(first, period, count));
            done = next = first + count * period;
        }
        AddBetween(done, until);
    }

    private void AddBetween(int from, int until)
    {
        if (_inPieces)
            AddPieces(from, until);
        else if (from < until)
            _stretches.Add(new Stretch(from, until - from, 1));
    }

    /// <summary>Divides what does not repeat where nothing computed before is read after: the end of one row of a layer need not wait for what the next one starts with.</summary>
    private void AddPieces(int from, int until)
    {
        var nodes = new NodeReader(_trace);
        // From the last node backwards, the first one that is read from there on.
        var (end, earliest) = (until, until);
        var first = _stretches.Count;
        for (var node = until - 1; node >= from; node--)
        {
            earliest = Math.Min(earliest, node);
            if (nodes.Operations[node] > Op.Constant)
                foreach (var operand in nodes.Operands(node))
                    if (operand >= from)
                        earliest = Math.Min(earliest, operand);
            if (earliest < node)
                continue;
            _stretches.Add(new Stretch(node, end - node, 1));
            end = node;
        }
        _stretches.Items.AsSpan(first, _stretches.Count - first).Reverse();
    }

    /// <summary>Where the first whole body starts: where fewest numbers of one period are read in the next, and fewest sums that are only added to.</summary>
    internal static int Aligned(Trace trace, int start, int end, int period)
    {
        // The uses of what is computed in a period in the middle, up to a period later, are those of every period.
        var from = start + Math.Max(0, (end - start) / period / 2 - 1) * period;
        var until = Math.Min(end, from + 3 * period);
        var crossing = new int[3 * period + 2];
        var (lastUse, isMore) = (new int[3 * period], new bool[3 * period]);
        var nodes = new NodeReader(trace);
        for (var node = until - 1; node >= from; node--)
            if (nodes.Operations[node] > Op.Constant)
                foreach (var operand in nodes.Operands(node))
                    if (operand >= from)
                    {
                        lastUse[operand - from] = Math.Max(lastUse[operand - from], node - from);
                        isMore[operand - from] |= isMore[node - from] || !IsAddition(nodes.Operations[node]) || !IsAddition(nodes.Operations[operand]);
                    }
        for (var value = 0; value < lastUse.Length; value++)
            if (lastUse[value] > value)
            {
                var weight = isMore[value] ? LongestPeriod : 1;
                crossing[value + 1] += weight;
                crossing[lastUse[value] + 1] -= weight;
            }
        for (var k = 1; k < crossing.Length; k++)
            crossing[k] += crossing[k - 1];
        var best = 0;
        for (var shift = 0; shift < period; shift++)
        {
            // Cuts in the first period see only what starts in it, and those in the last not what is read after it.
            if (crossing[period + shift] < crossing[period + best])
                best = shift;
        }
        return start + best;
    }

    private static bool IsAddition(byte operation) => operation is Op.Add or Op.Sub;
}

/// <summary>A part of a recording: a body that is run some times, or what is not repeated there.</summary>
/// <param name="Start">The first node.</param>
/// <param name="Length">Nodes of the body.</param>
/// <param name="Count">How many times it is run.</param>
internal readonly record struct Stretch(int Start, int Length, int Count);
