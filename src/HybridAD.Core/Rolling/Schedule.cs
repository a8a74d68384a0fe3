using HybridAD.Collections;

namespace HybridAD.Rolling;

/// <summary>
/// When regions and sums can be computed: what depends on nothing but inputs first, and so on. Those of one kind and one phase form a block. What does not repeat,
/// the rest, is computed in even phases and may depend on other parts of the rest in the same phase; groups and sums are computed in odd ones.
/// </summary>
/// <remarks>
/// Forms that occur often but never several at a time, as the steps of one small system in time, can be counted to the rest too (<c>scattered</c>).
/// Steps are numbered: the regions, then the sums from the last found, which is the first in the trace, to the first.
/// </remarks>
internal sealed class Schedule
{
    private const int None = -1;

    private readonly LiveFunction _function;
    private readonly LinearSums _sums;
    private readonly Instances _instances;
    private readonly int[] _producers;
    private readonly int[] _successorStarts;
    private readonly int[] _successors;
    private readonly int[] _missing;
    private readonly bool[]? _scattered;

    public Schedule(LiveFunction function, LinearSums sums, Instances instances, bool[]? scattered = null)
    {
        _function = function;
        _sums = sums;
        _instances = instances;
        _scattered = scattered;
        RegionCount = instances.FormOf.Length;
        StepCount = RegionCount + sums.Count;
        Phases = new int[StepCount];
        IsRest = new bool[StepCount];
        IsRead = new bool[function.Trace.NodeCount];
        _producers = new int[function.Trace.NodeCount];
        _missing = new int[StepCount];
        FindProducers();
        (_successorStarts, _successors) = FindSuccessors();
        IsPossible = Run();
        if (!IsPossible)
            return;
        DelaySums();
        FindReadNodes();
    }

    public int RegionCount { get; }

    /// <summary>Number of regions and sums.</summary>
    public int StepCount { get; }

    /// <summary>Whether no step needs itself.</summary>
    public bool IsPossible { get; }

    /// <summary>The phase of every step.</summary>
    public int[] Phases { get; }

    /// <summary>Whether a step is a part of what does not repeat.</summary>
    public bool[] IsRest { get; }

    /// <summary>Nodes that have to be in slots, because something other than the same part of the rest reads them.</summary>
    public bool[] IsRead { get; }

    public int SumOf(int step) => StepCount - 1 - step;

    /// <summary>The nodes that a step computes.</summary>
    public ReadOnlySpan<int> Results(int step) => step < RegionCount ? _instances.Roots(step) : new ReadOnlySpan<int>(in _sums.Root(SumOf(step)));

    /// <summary>The nodes that a step reads.</summary>
    public ReadOnlySpan<int> Operands(int step) => step < RegionCount ? _instances.Leaves(step) : _sums.Terms(SumOf(step));

    /// <summary>Regions that need themselves, or lie between such.</summary>
    public bool[] RegionsInCycles()
    {
        // The steps that remain need a cycle; those that no remaining step needs, over and over, are not on one.
        var needed = new int[StepCount];
        var open = new Growing<int>();
        for (var step = 0; step < StepCount; step++)
            if (_missing[step] > 0)
            {
                foreach (var successor in Successors(step))
                    needed[step] += _missing[successor] > 0 ? 1 : 0;
                if (needed[step] == 0)
                    open.Push(step);
            }
        while (open.TryPop(out var step))
        {
            _missing[step] = 0;
            foreach (var node in Operands(step))
                if (_producers[node] is var producer && producer != None && _missing[producer] > 0 && --needed[producer] == 0)
                    open.Push(producer);
        }
        var regions = new bool[RegionCount];
        for (var region = 0; region < regions.Length; region++)
            regions[region] = _missing[region] > 0;
        return regions;
    }

    private ReadOnlySpan<int> Successors(int step) => _successors.AsSpan(_successorStarts[step], _successorStarts[step + 1] - _successorStarts[step]);

    private void FindProducers()
    {
        Array.Fill(_producers, None);
        for (var step = 0; step < StepCount; step++)
            foreach (var node in Results(step))
                _producers[node] = step;
    }

    private (int[] Starts, int[] Successors) FindSuccessors()
    {
        var starts = new int[StepCount + 2];
        for (var step = 0; step < StepCount; step++)
            foreach (var node in Operands(step))
                if (_producers[node] != None)
                {
                    starts[_producers[node] + 2]++;
                    _missing[step]++;
                }
        for (var step = 2; step < starts.Length; step++)
            starts[step] += starts[step - 1];
        var successors = new int[starts[^1]];
        for (var step = 0; step < StepCount; step++)
            foreach (var node in Operands(step))
                if (_producers[node] != None)
                    successors[starts[_producers[node] + 1]++] = step;
        return (starts, successors);
    }

    private bool Run()
    {
        var queue = new int[StepCount];
        var (first, last) = (0, 0);
        for (var step = 0; step < StepCount; step++)
            if (_missing[step] == 0)
                queue[last++] = step;
        while (first < last)
        {
            var step = queue[first++];
            Place(step);
            foreach (var successor in Successors(step))
                if (--_missing[successor] == 0)
                    queue[last++] = successor;
        }
        return last == StepCount;
    }

    private void Place(int step)
    {
        var (restOnly, groups, rest) = (true, None, None);
        foreach (var node in Operands(step))
        {
            var producer = _producers[node];
            if (producer == None)
                continue;
            restOnly &= IsRest[producer];
            if (IsRest[producer])
                rest = Math.Max(rest, Phases[producer]);
            else
                groups = Math.Max(groups, Phases[producer]);
        }
        // A short sum of nothing but rest is simplest where its terms are computed.
        IsRest[step] = step < RegionCount
            ? IsRestForm(_instances.FormOf[step])
            : restOnly && rest != None && Operands(step).Length < Expressions.Long;
        Phases[step] = IsRest[step] ? Math.Max(Math.Max(groups + 1, rest), 0) : Math.Max(Math.Max(groups + 2, rest + 1), 1);
    }

    private bool IsRestForm(int form) =>
        _instances.Forms.RegionCount(form) < Roller.SmallestGroup || (_scattered is not null && _scattered[form]);

    /// <summary>Sums that nothing reads but the caller can as well be computed with the last ones.</summary>
    private void DelaySums()
    {
        var last = 0;
        for (var step = RegionCount; step < StepCount; step++)
            if (!IsRest[step])
                last = Math.Max(last, Phases[step]);
        for (var step = RegionCount; step < StepCount; step++)
            if (!IsRest[step] && Successors(step).IsEmpty)
                Phases[step] = last;
    }

    private void FindReadNodes()
    {
        foreach (var output in _function.Outputs)
            IsRead[output] = true;
        for (var step = 0; step < StepCount; step++)
            foreach (var node in Operands(step))
            {
                var producer = _producers[node];
                if (producer != None && !(IsRest[step] && IsRest[producer] && Phases[step] == Phases[producer]))
                    IsRead[node] = true;
            }
    }
}
