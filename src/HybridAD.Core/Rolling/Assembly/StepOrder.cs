using HybridAD.Collections;
using HybridAD.Rolling.Forms;

namespace HybridAD.Rolling.Assembly;

/// <summary>The steps of a schedule by phase and, within a phase, by kind; equal ones stand next to each other in the order of the trace and form a run.</summary>
internal sealed class StepOrder
{
    /// <summary>Fewest operations of a block of few instances.</summary>
    private const int LeastWork = 64;

    /// <summary>Steps of one phase and one kind are counted together as long as there are no more pairs of these than so many for each step.</summary>
    private const int MostPairs = 4;

    /// <summary>Keys are not compared where there are no more numbers between them than so many for each.</summary>
    private const int MostPerKey = 4;

    private readonly int[] _order;
    private readonly Growing<int> _runStarts;
    private readonly FreeArrays<int> _arrays;
    private readonly int _count;

    public StepOrder(Schedule schedule, Instances instances, FreeArrays<int> arrays)
    {
        (_arrays, _count) = (arrays, schedule.StepCount);
        _runStarts = new Growing<int>(arrays);
        // The rest, the sums, and each form are kinds.
        var kinds = arrays.Rent(_count);
        var kindCount = 2 + instances.Forms.Count;
        var lastPhase = 0;
        for (var step = 0; step < _count; step++)
        {
            kinds[step] = schedule.IsRest[step] ? 0 : step >= schedule.RegionCount ? 1 : 2 + instances.FormOf[step];
            lastPhase = Math.Max(lastPhase, schedule.Phases[step]);
        }
        var pairs = (long)kindCount * (lastPhase + 1);
        if (pairs <= (long)MostPairs * _count)
        {
            for (var step = 0; step < _count; step++)
                kinds[step] += kindCount * schedule.Phases[step];
            _order = SortedBy(kinds, (int)pairs, []);
            AddRuns(kinds);
        }
        else
        {
            _order = SortedBy(schedule.Phases, lastPhase + 1, SortedBy(kinds, kindCount, []));
            for (var k = 0; k < _count; k++)
                if (k == 0 || kinds[_order[k]] != kinds[_order[k - 1]] || schedule.Phases[_order[k]] != schedule.Phases[_order[k - 1]])
                    _runStarts.Add(k);
        }
        RunCount = _runStarts.Count;
        _runStarts.Add(_count);
    }

    /// <summary>Number of runs.</summary>
    public int RunCount { get; }

    /// <summary>The steps of a run, ascending.</summary>
    public ReadOnlySpan<int> Run(int run) => _order.AsSpan(_runStarts.Items[run], _runStarts.Items[run + 1] - _runStarts.Items[run]);

    /// <summary>Puts the steps of a run in ascending order of a key.</summary>
    public void Sort(int run, int[] keys)
    {
        for (var k = 1; k < keys.Length; k++)
            if (keys[k] < keys[k - 1])
            {
                var steps = _order.AsSpan(_runStarts.Items[run], keys.Length);
                if (!TrySortDense(keys, steps))
                    keys.AsSpan().Sort(steps);
                return;
            }
    }

    /// <summary>Puts the steps where their keys belong, unless keys are equal or there are many more numbers between the smallest and the largest of them than keys.</summary>
    private bool TrySortDense(int[] keys, Span<int> steps)
    {
        var (least, most) = (keys[0], keys[0]);
        foreach (var key in keys)
            (least, most) = (Math.Min(least, key), Math.Max(most, key));
        if ((long)most - least >= MostPerKey * (long)keys.Length)
            return false;
        // The step of every number from the least key on, counted from one.
        var stepOf = _arrays.RentCleared(most - least + 1);
        var areDifferent = true;
        for (var k = 0; k < keys.Length && areDifferent; k++)
        {
            ref var step = ref stepOf[keys[k] - least];
            areDifferent = step == 0;
            step = steps[k] + 1;
        }
        for (var (key, k) = (least, 0); areDifferent && k < keys.Length; key++)
            if (stepOf[key - least] is var step and > 0)
                (keys[k], steps[k++]) = (key, step - 1);
        _arrays.Return(stepOf);
        return areDifferent;
    }

    /// <summary>Forms whose blocks have so little to compute that straight-line code is better, or null if there are none.</summary>
    public bool[]? FindScattered(Schedule schedule, Instances instances)
    {
        var blocks = new int[instances.Forms.Count];
        for (var run = 0; run < RunCount; run++)
            if (Run(run)[0] is var step && step < schedule.RegionCount && !schedule.IsRest[step])
                blocks[instances.FormOf[step]]++;
        bool[]? scattered = null;
        for (var form = 0; form < blocks.Length; form++)
        {
            var regions = instances.Forms.RegionCount(form);
            if (!instances.Forms.HasRuns(form) && regions < Roller.SmallestGroup * blocks[form]
                && (long)regions * instances.Forms.OperationCount(form) < LeastWork * (long)blocks[form])
                (scattered ??= new bool[blocks.Length])[form] = true;
        }
        return scattered;
    }

    /// <summary>Equal keys stand next to each other.</summary>
    private void AddRuns(int[] keys)
    {
        var last = -1;
        for (var k = 0; k < _count; k++)
            if (keys[_order[k]] is var key && key != last)
            {
                _runStarts.Add(k);
                last = key;
            }
    }

    /// <summary>The steps in ascending order of a key; those of one key as they were.</summary>
    private int[] SortedBy(int[] keys, int keyCount, int[] order)
    {
        var starts = _arrays.RentCleared(keyCount + 1);
        foreach (var key in keys.AsSpan(0, _count))
            starts[key + 1]++;
        for (var key = 1; key <= keyCount; key++)
            starts[key] += starts[key - 1];
        var sorted = _arrays.Rent(_count);
        if (order.Length == 0)
            for (var step = 0; step < _count; step++)
                sorted[starts[keys[step]]++] = step;
        else
            foreach (var step in order.AsSpan(0, _count))
                sorted[starts[keys[step]]++] = step;
        return sorted;
    }
}
