using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Lanes;

namespace HybridAD.Execution.Kernels.Schedules;

/// <summary>
/// The order of the steps of a long vector kernel. Depth first from the stores, it would be one chain after the other, of which the window of the processor holds a few: too few to
/// keep two units busy whose results take four cycles. So what the longest chain waits for comes first, as far as registers go (<see cref="InstructionSchedule"/>).
/// </summary>
internal sealed class VectorSchedule
{
    /// <summary>Fewer events than this fit into the window of the processor together with those of the next instances.</summary>
    private const int FewestEvents = 250;

    // Half of them: stores turn columns into rows in others.
    private static readonly int s_registers = Lanes512.IsAccelerated ? 16 : 8;

    private readonly KernelCode _code;
    private readonly StreamGroup[] _stores;
    private readonly List<Instruction> _instructions = [];
    private readonly List<int[]> _events = [];

    // The instruction whose result is a step.
    private readonly int[] _resultOf;
    private readonly Dictionary<Space, (int Last, List<int> Since)> _order = [];

    private VectorSchedule(KernelCode code, StreamGroup[] stores)
    {
        (_code, _stores) = (code, stores);
        _resultOf = new int[code.Steps.Length];
        Array.Fill(_resultOf, -1);
    }

    /// <summary>The part with its events in another order.</summary>
    /// <param name="code">The code.</param>
    /// <param name="stores">The stores of the kernel.</param>
    /// <param name="segment">The part.</param>
    /// <param name="pairs">Sines and cosines that are computed together.</param>
    public static KernelSegment Of(KernelCode code, StreamGroup[] stores, KernelSegment segment, StepPacks? pairs) =>
        segment.Events.Length < FewestEvents ? segment : segment with { Events = new VectorSchedule(code, stores).Order(segment.Events, pairs) };

    private int[] Order(int[] events, StepPacks? pairs)
    {
        for (var k = 0; k < events.Length; k++)
        {
            if (events[k] < 0)
                AddStore(events[k]);
            else if (StepPacks.IsCall(_code.Steps[events[k]]))
                // The sine comes before its cosine, if both are in the part.
                AddCall(pairs is not null && pairs.PackOf(events[k]) is var pair and >= 0 ? pairs.Steps[pair] : [events[k]], ref k);
            else
                _resultOf[events[k]] = Add(new(InstructionKind.Arithmetic, 1, Sources(events[k])) { Step = _code.Steps[events[k]] }, events[k]);
        }
        var order = new List<int>(events.Length);
        foreach (var instruction in InstructionSchedule.Of([.. _instructions], s_registers))
            order.AddRange(_events[instruction]);
        return [.. order];
    }

    private int Add(Instruction instruction, params int[] events)
    {
        _instructions.Add(instruction);
        _events.Add(events);
        return _instructions.Count - 1;
    }

    private int[] Sources(int step)
    {
        var sources = new List<int>(3);
        foreach (var operand in Operands.Of(_code.Steps[step]))
            sources.Add(Source(operand));
        return [.. sources];
    }

    /// <summary>Loads, literals and what earlier parts have left can be fetched at any time.</summary>
    private int Source(int step) => _resultOf[step] >= 0 ? _resultOf[step] : _resultOf[step] = Add(new(InstructionKind.Fetch, 1, []));

    /// <summary>All registers are stored where a function is called, and its result before the next call; so it is fetched from memory.</summary>
    private void AddCall(int[] steps, ref int at)
    {
        var sources = Sources(steps[0]);
        var call = Add(new(InstructionKind.VectorCall, 1, sources) { Step = _code.Steps[steps[0]] }, steps);
        foreach (var step in steps)
            _resultOf[step] = Add(new(InstructionKind.Fetch, 1, []) { After = [call] });
        at += steps.Length - 1;
    }

    /// <summary>Stores that replace numbers have places of their own; where others add to numbers, the order counts.</summary>
    private void AddStore(int e)
    {
        ref readonly var group = ref _stores[~e];
        var sources = new int[group.Count];
        for (var k = 0; k < sources.Length; k++)
            sources[k] = Source(_code.Stores[group.First + k]);
        if (group.IsReduction)
        {
            Add(new(InstructionKind.Store, group.Count, sources), e);
            return;
        }
        if (!_order.TryGetValue(group.Shape.Space, out var order))
            order = (-1, []);
        var adds = group.Shape.Store == StoreKind.Accumulate;
        int[] after = adds && order.Since.Count > 0 ? [.. order.Since] : order.Last >= 0 ? [order.Last] : [];
        var store = Add(new(InstructionKind.Store, group.Count, sources) { After = after }, e);
        if (adds)
            order = (store, []);
        else
            order.Since.Add(store);
        _order[group.Shape.Space] = order;
    }
}
