using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// A recording as the loops that its code states, and what is between them. An outer loop is a loop of its instances, unless they are long, of different lengths as the rows of a triangle are, or contain
/// loops that are long themselves: then those are loops, and what is around them repeats piece by piece.
/// </summary>
internal sealed class StatedStretches
{
    private readonly Trace _trace;
    private readonly IReadOnlyList<StatedRun> _runs;
    private readonly Dictionary<ulong, int> _counts = [];
    private readonly Growing<Stretch> _stretches = new();
    private int _next;

    private StatedStretches(Trace trace, StatedLoops loops)
    {
        (_trace, _runs) = (trace, loops.Runs);
        foreach (var run in _runs)
            _counts[KeyOf(run)] = _counts.GetValueOrDefault(KeyOf(run)) + run.Count;
    }

    /// <summary>Divides a recording, in order and without gaps.</summary>
    public static Growing<Stretch> Of(Trace trace, StatedLoops loops)
    {
        var stated = new StatedStretches(trace, loops);
        stated.Divide(trace.InputCount, trace.NodeCount);
        return stated._stretches;
    }

    /// <summary>The same for instances of a loop that have as many nodes.</summary>
    private static ulong KeyOf(StatedRun run) => KeyNumbers.Pair(run.Loop, run.Length);

    private void Divide(int from, int until)
    {
        while (_next < _runs.Count && _runs[_next].Start < until)
        {
            var run = _runs[_next++];
            LoopScan.Add(_trace, from, run.Start, inPieces: true, _stretches);
            from = run.End;
            var inner = _next;
            var isDivided = run.Length > LoopScan.LongestPeriod;
            for (; inner < _runs.Count && _runs[inner].Start < run.End; inner++)
                isDivided |= _runs[inner].Count >= Expressions.Long || _counts[KeyOf(run)] < Roller.SmallestGroup;
            if (isDivided)
                for (var instance = 0; instance < run.Count; instance++)
                    Divide(run.Start + instance * run.Length, run.Start + (instance + 1) * run.Length);
            else
            {
                _stretches.Add(new Stretch(run.Start, run.Length, run.Count));
                _next = inner;
            }
        }
        LoopScan.Add(_trace, from, until, inPieces: true, _stretches);
    }
}
