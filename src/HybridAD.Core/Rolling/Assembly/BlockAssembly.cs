using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Forms;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Sums;

namespace HybridAD.Rolling.Assembly;

/// <summary>Makes the blocks of a schedule and gives every value its slot.</summary>
internal sealed class BlockAssembly
{
    /// <summary>How many drafts of a phase are compared with a new one.</summary>
    private const int LatestDrafts = 16;

    /// <summary>Terms of a row that are compared with each other one by one.</summary>
    private const int ShortRow = 8;

    private readonly LiveFunction _function;
    private readonly LinearSums _sums;
    private readonly Instances _instances;
    private readonly Schedule _schedule;
    private readonly Kernels _kernels;
    private readonly RestWriter _rest;
    private readonly TermRuns _runs;
    private readonly NodeMarks _seen;
    private readonly StepOrder _order;
    private readonly Growing<Block> _blocks = new();
    private readonly Dictionary<string, Trace> _unions = [];
    private readonly int[] _slots;
    private int _slotCount;

    public BlockAssembly(LiveFunction function, LinearSums sums, TermRuns runs, Instances instances, Schedule schedule, StepOrder order, NodeMarks seen)
    {
        _function = function;
        _sums = sums;
        _instances = instances;
        _schedule = schedule;
        _runs = runs;
        _order = order;
        _seen = seen;
        _kernels = new Kernels(instances);
        _slots = function.Scratch.Ints.Rent(function.Trace.NodeCount);
        Array.Fill(_slots, -1, 0, function.Trace.NodeCount);
        _slotCount = function.Trace.InputCount;
        for (var input = 0; input < _slotCount; input++)
            _slots[input] = input;
        _rest = new RestWriter(function, _slots, seen);
    }

    /// <summary>Operations in blocks of too few instances to be a group.</summary>
    public long UngroupedCount { get; private set; }

    public BlockGraph Assemble()
    {
        var drafts = new List<GroupDraft>();
        for (var run = 0; run < _order.RunCount; run++)
        {
            var steps = _order.Run(run);
            if (_schedule.IsRest[steps[0]])
                AddRest(steps);
            else if (steps[0] < _schedule.RegionCount)
                AddDraft(drafts, Draft(run));
            else
                AddSums(steps);
            // Blocks of one phase do not read each other, so they can wait for each other.
            if (run + 1 == _order.RunCount || _schedule.Phases[_order.Run(run + 1)[0]] != _schedule.Phases[steps[0]])
            {
                foreach (var draft in drafts)
                    AddInstances(draft);
                drafts.Clear();
            }
        }
        var outputs = new int[_function.Outputs.Length];
        for (var k = 0; k < outputs.Length; k++)
            outputs[k] = _slots[_function.Outputs[k]];
        return new BlockGraph(_function.Trace, _blocks.ToArray(), outputs);
    }

    private void AddRest(ReadOnlySpan<int> steps)
    {
        var results = new Growing<int>(_function.Scratch.Ints);
        foreach (var step in steps)
            foreach (var node in _schedule.Results(step))
                if (_schedule.IsRead[node])
                    results.Add(node);
        // What only later parts of the rest read is computed there.
        if (results.Count == 0)
            return;
        var block = _rest.Write(results.Items.AsSpan(0, results.Count), _slotCount);
        for (var k = 0; k < results.Count; k++)
            _slots[results.Items[k]] = block.SlotOf(k, 0);
        Add(block);
    }

    /// <summary>Joins a draft with one of the latest that reads the same.</summary>
    private static void AddDraft(List<GroupDraft> drafts, GroupDraft draft)
    {
        for (var k = drafts.Count - 1; k >= Math.Max(0, drafts.Count - LatestDrafts); k--)
            if (drafts[k].TryAdd(draft))
                return;
        drafts.Add(draft);
    }

    private GroupDraft Draft(int run)
    {
        var steps = _order.Run(run);
        var form = _instances.FormOf[steps[0]];
        var kernel = _kernels.Of(form);
        var positions = _kernels.Parameters(form);
        var leaves = Leaves(steps, _instances.Forms.LeafCount(form));
        // Functions of one number are computed in the order of these numbers: loads are contiguous, and groups that read the same are seen to.
        if (leaves.Length == 1)
            _order.Sort(run, leaves[0]);
        var parameters = Columns<double>(positions.Length, steps.Length);
        if (positions.Length > 0)
            for (var instance = 0; instance < steps.Length; instance++)
            {
                var literals = _instances.Literals(steps[instance]);
                for (var k = 0; k < positions.Length; k++)
                    parameters[k][instance] = literals[positions[k]];
            }
        return new GroupDraft(kernel, run, steps.Length, leaves, parameters);
    }

    /// <summary>The slots that regions of one form read.</summary>
    private int[][] Leaves(ReadOnlySpan<int> regions, int count)
    {
        var leaves = Columns<int>(count, regions.Length);
        var slots = _slots;
        for (var instance = 0; instance < regions.Length; instance++)
        {
            var nodes = _instances.Leaves(regions[instance]);
            for (var leaf = 0; leaf < nodes.Length; leaf++)
                leaves[leaf][instance] = slots[nodes[leaf]];
        }
        return leaves;
    }

    private void AddInstances(GroupDraft draft)
    {
        var block = draft.Build(_slotCount, _unions);
        var firstOutput = 0;
        foreach (var run in draft.Runs)
        {
            var steps = _order.Run(run);
            var slots = _slots;
            for (var instance = 0; instance < steps.Length; instance++)
            {
                var slot = block.SlotOf(firstOutput, instance);
                foreach (var root in _instances.Roots(steps[instance]))
                {
                    slots[root] = slot;
                    slot += block.InstanceCount;
                }
            }
            firstOutput += _instances.Roots(steps[0]).Length;
        }
        Add(block);
    }

    private void AddSums(ReadOnlySpan<int> steps)
    {
        // The block makes its own list of the different numbers.
        var (starts, constants) = (new int[steps.Length + 1], _function.Scratch.Doubles.Rent(steps.Length));
        var most = 0;
        foreach (var step in steps)
            most += _sums.Terms(_schedule.SumOf(step)).Length;
        var slots = FreshPages.Uncleared<int>(most);
        var factors = _function.Scratch.Doubles.Rent(most);
        var count = 0;
        for (var row = 0; row < steps.Length; row++)
        {
            var sum = _schedule.SumOf(steps[row]);
            constants[row] = _sums.Constant(sum);
            count = AddTerms(_sums.Terms(sum), _sums.Factors(sum), slots, factors, count);
            starts[row + 1] = count;
        }
        for (var row = 0; row < steps.Length; row++)
            _slots[_sums.Root(_schedule.SumOf(steps[row]))] = _slotCount + row;
        if (count < most)
            Array.Resize(ref slots, count);
        Add(new LinearBlock(_slotCount, starts, slots, factors.AsSpan(0, count), constants.AsSpan(0, steps.Length)));
    }

    /// <summary>Adds the terms of a row to those before it; a row names a slot once.</summary>
    private int AddTerms(ReadOnlySpan<int> terms, ReadOnlySpan<double> multiples, int[] slots, double[] factors, int count)
    {
        var start = count;
        var isShort = terms.Length <= ShortRow;
        var (slotOf, hasRuns) = (_slots, _runs.Count > 0);
        if (!isShort)
            _seen.Clear();
        for (var k = 0; k < terms.Length; k++)
        {
            var (term, factor) = (terms[k], multiples[k]);
            if (hasRuns && _runs.RunOf(term) is var run and >= 0)
            {
                if (_runs.Nodes(run)[0] != term)
                    continue;
                factor = _runs.CommonFactor(run);
            }
            var slot = slotOf[term];
            // Looking through a few slots is faster than marking nodes all over the trace.
            var same = isShort ? PlaceOf(slot, slots.AsSpan(start, count - start)) : _seen.Find(term);
            if (same >= 0)
            {
                factors[start + same] += factor;
                continue;
            }
            if (!isShort)
                _seen.Add(term, count - start);
            slots[count] = slot;
            factors[count++] = factor;
        }
        return count;
    }

    private static int PlaceOf(int slot, ReadOnlySpan<int> slots)
    {
        for (var k = 0; k < slots.Length; k++)
            if (slots[k] == slot)
                return k;
        return -1;
    }

    private void Add(Block block)
    {
        if (block is KernelBlock { InstanceCount: < Roller.SmallestGroup } few && (few.InstanceCount < Roller.SmallestGroupOfLong || few.Kernel.OperationCount < Roller.Long))
            UngroupedCount += (long)few.InstanceCount * few.Kernel.OperationCount;
        _blocks.Add(block);
        _slotCount = checked(_slotCount + block.SlotCount);
    }

    private static T[][] Columns<T>(int count, int length)
        where T : unmanaged
    {
        var columns = new T[count][];
        for (var k = 0; k < count; k++)
            columns[k] = FreshPages.Uncleared<T>(length);
        return columns;
    }
}
