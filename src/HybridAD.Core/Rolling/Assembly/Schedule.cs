using HybridAD.Collections;
using HybridAD.Rolling.Forms;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Assembly;

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

    // Where a node is no result by itself, but a term that a run of terms adds to another. It is odd, as the phases of groups.
    private const int Nowhere = -3;

    private readonly LiveFunction _function;
    private readonly LinearSums _sums;
    private readonly Instances _instances;
    private readonly bool[] _isRestForm;

    // By node: the phase in which it is computed, or None while its step has no place.
    private readonly int[] _phaseOf;
    private readonly bool[] _isNeeded;
    private int[]? _producers;

    public Schedule(LiveFunction function, LinearSums sums, Instances instances, bool[]? scattered = null)
    {
        _function = function;
        _sums = sums;
        _instances = instances;
        RegionCount = instances.RegionCount;
        StepCount = RegionCount + sums.Count;
        var (scratch, nodeCount) = (function.Scratch, function.Trace.NodeCount);
        Phases = scratch.Ints.Rent(StepCount);
        IsRest = scratch.Bools.Rent(StepCount);
        IsRead = scratch.Bools.RentCleared(nodeCount);
        _isNeeded = scratch.Bools.RentCleared(nodeCount);
        _phaseOf = scratch.Ints.Rent(nodeCount);
        _isRestForm = RestForms(instances.Forms, scattered);
        ForgetPlaces();
        foreach (var output in function.Outputs)
            IsRead[output] = true;
        IsPossible = PlaceInOrder() || PlaceAfterProducers();
        if (IsPossible)
            DelaySums();
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

    /// <summary>Results of the rest that have to be in slots, because something other than the same part of the rest reads them.</summary>
    public bool[] IsRead { get; }

    public int SumOf(int step) => StepCount - 1 - step;

    /// <summary>The nodes that a step computes.</summary>
    public ReadOnlySpan<int> Results(int step) => step < RegionCount ? _instances.Roots(step) : new ReadOnlySpan<int>(in _sums.Root(SumOf(step)));

    /// <summary>The nodes that a step reads.</summary>
    public ReadOnlySpan<int> Operands(int step) => step < RegionCount ? _instances.Leaves(step) : _sums.Terms(SumOf(step));

    /// <summary>Regions that need themselves, or lie between such.</summary>
    public bool[] RegionsInCycles()
    {
        // The steps that could not be placed need a cycle; those that none of them needs, over and over, are not on one.
        var (producers, needed) = (FindProducers(), new int[StepCount]);
        var isOpen = new bool[StepCount];
        for (var step = 0; step < StepCount; step++)
            if (Phases[step] == None)
            {
                isOpen[step] = true;
                foreach (var node in Operands(step))
                    if (producers[node] is var producer && producer != None && Phases[producer] == None)
                        needed[producer]++;
            }
        var ends = new Growing<int>();
        for (var step = 0; step < StepCount; step++)
            if (isOpen[step] && needed[step] == 0)
                ends.Push(step);
        while (ends.TryPop(out var step))
        {
            isOpen[step] = false;
            foreach (var node in Operands(step))
                if (producers[node] is var producer && producer != None && isOpen[producer] && --needed[producer] == 0)
                    ends.Push(producer);
        }
        return isOpen[..RegionCount];
    }

    /// <summary>The step that computes each node, or −1.</summary>
    private int[] FindProducers()
    {
        if (_producers is not null)
            return _producers;
        _producers = _function.Scratch.Ints.Rent(_function.Trace.NodeCount);
        Array.Fill(_producers, None, 0, _function.Trace.NodeCount);
        for (var region = 0; region < RegionCount; region++)
            foreach (var node in _instances.Roots(region))
                _producers[node] = region;
        for (var step = RegionCount; step < StepCount; step++)
            _producers[_sums.Root(SumOf(step))] = step;
        return _producers;
    }

    private void ForgetPlaces()
    {
        Array.Fill(_phaseOf, None, 0, _function.Trace.NodeCount);
        var runs = _instances.Runs;
        for (var run = 0; run < runs.Count; run++)
            if (runs.IsActive(run))
                foreach (var term in runs.Nodes(run)[1..])
                    _phaseOf[term] = Nowhere;
    }

    /// <summary>Places the steps by their first result in the trace, which is after all that it needs unless a step has several results.</summary>
    private bool PlaceInOrder()
    {
        var step = RegionCount;
        for (var region = 0; region < RegionCount; region++)
        {
            var results = _instances.Roots(region);
            var first = results[0];
            foreach (var result in results)
                first = Math.Min(first, result);
            for (; step < StepCount && _sums.Root(SumOf(step)) < first; step++)
                if (!TryPlaceSum(step))
                    return false;
            if (!TryPlace(region, _instances.Leaves(region), results))
                return false;
        }
        for (; step < StepCount; step++)
            if (!TryPlaceSum(step))
                return false;
        return true;
    }

    private bool TryPlaceSum(int step) => TryPlace(step, _sums.Terms(SumOf(step)), new ReadOnlySpan<int>(in _sums.Root(SumOf(step))));

    /// <summary>Places every step as soon as the last one that it needs has been placed.</summary>
    private bool PlaceAfterProducers()
    {
        Array.Fill(Phases, None, 0, StepCount);
        ForgetPlaces();
        var producers = FindProducers();
        var missing = new int[StepCount];
        var starts = new int[StepCount + 2];
        for (var step = 0; step < StepCount; step++)
            foreach (var node in Operands(step))
                if (producers[node] != None)
                {
                    starts[producers[node] + 2]++;
                    missing[step]++;
                }
        for (var step = 2; step < starts.Length; step++)
            starts[step] += starts[step - 1];
        var successors = new int[starts[^1]];
        for (var step = 0; step < StepCount; step++)
            foreach (var node in Operands(step))
                if (producers[node] != None)
                    successors[starts[producers[node] + 1]++] = step;
        var queue = new int[StepCount];
        var (first, last) = (0, 0);
        for (var step = 0; step < StepCount; step++)
            if (missing[step] == 0)
                queue[last++] = step;
        while (first < last)
        {
            var step = queue[first++];
            TryPlace(step, Operands(step), Results(step));
            foreach (var successor in successors.AsSpan(starts[step], starts[step + 1] - starts[step]))
                if (--missing[successor] == 0)
                    queue[last++] = successor;
        }
        return last == StepCount;
    }

    /// <summary>Places a step unless something that it needs has no place yet.</summary>
    private bool TryPlace(int step, ReadOnlySpan<int> operands, ReadOnlySpan<int> results)
    {
        var (phaseOf, isNeeded, inputs) = (_phaseOf, _isNeeded, _function.Trace.InputCount);
        var (groups, rest) = (None, None);
        foreach (var node in operands)
        {
            // What is no input is the result of some step.
            if (node < inputs)
                continue;
            var phase = phaseOf[node];
            if (phase == Nowhere)
                continue;
            if (phase == None)
                return false;
            isNeeded[node] = true;
            if (IsEven(phase))
                rest = Math.Max(rest, phase);
            else
                groups = Math.Max(groups, phase);
        }
        // A short sum of nothing but rest is simplest where its terms are computed.
        var isRest = step < RegionCount
            ? _isRestForm[_instances.FormOf[step]]
            : groups == None && rest != None && operands.Length < Expressions.Long;
        var place = isRest ? Math.Max(Math.Max(groups + 1, rest), 0) : Math.Max(Math.Max(groups + 2, rest + 1), 1);
        IsRest[step] = isRest;
        Phases[step] = place;
        foreach (var node in results)
            phaseOf[node] = place;
        if (rest != None)
            foreach (var node in operands)
                if (node >= inputs && IsEven(phaseOf[node]) && phaseOf[node] != place)
                    IsRead[node] = true;
        return true;
    }

    private static bool IsEven(int phase) => (phase & 1) == 0;

    private static bool[] RestForms(FormTable forms, bool[]? scattered)
    {
        var areRest = new bool[forms.Count];
        for (var form = 0; form < areRest.Length; form++)
            areRest[form] = !forms.Repeats(form) || (scattered is not null && scattered[form]);
        return areRest;
    }

    /// <summary>Sums that nothing reads but the caller can as well be computed with the last ones.</summary>
    private void DelaySums()
    {
        var last = 0;
        for (var step = RegionCount; step < StepCount; step++)
            if (!IsRest[step])
                last = Math.Max(last, Phases[step]);
        for (var step = RegionCount; step < StepCount; step++)
            if (!IsRest[step] && !_isNeeded[_sums.Root(SumOf(step))])
                Phases[step] = last;
    }
}
