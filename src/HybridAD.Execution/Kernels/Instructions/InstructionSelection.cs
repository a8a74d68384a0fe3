using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Schedules;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Instructions;

/// <summary>Chooses the instructions for a part of a code: packs in vector registers, the rest as single numbers; every one once.</summary>
internal sealed partial class InstructionSelection
{
    private readonly StraightLineCode _line;
    private readonly KernelCode _code;
    private readonly StreamGroup[] _stores;
    private readonly StepPacks _packs;
    private readonly bool _isStrict;
    private readonly HashSet<int> _here;
    private readonly List<Instruction> _instructions = [];

    // Only of steps that this part meets: a long code has many parts.
    private readonly Dictionary<int, int> _single = [];
    private readonly Dictionary<int, int> _registers = [];

    // The instructions of packs, and the numbers of the results that calls leave in memory.
    private readonly int[] _packed;
    private readonly int[] _results;
    private readonly Dictionary<StepTuple, int> _tuples = [];
    private readonly Dictionary<Place, int> _lastStores = [];
    private readonly Dictionary<(byte Operation, int Lanes), int> _masks = [];

    private InstructionSelection(StraightLinePlan plan, KernelSegment segment, bool isStrict)
    {
        (_line, _code, _stores, _packs, _isStrict) = (plan.Line, plan.Line.Code, plan.Stores, plan.Packs, isStrict);
        _here = [.. segment.Events];
        (_packed, _results) = (new int[_packs.Steps.Length], new int[_packs.Steps.Length]);
        Array.Fill(_packed, -1);
        Array.Fill(_results, -1);
        foreach (var (step, register) in segment.Imports)
            _registers[step] = register;
    }

    /// <summary>How many registers of results vector functions leave in memory.</summary>
    public int ResultCount { get; private set; }

    /// <summary>The instructions of a part, sources before their users.</summary>
    /// <param name="plan">What is decided.</param>
    /// <param name="segment">The part.</param>
    /// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
    /// <param name="testsAlarm">Whether the code is left where something is not finite; otherwise the alarm is raised in memory.</param>
    public static (Instruction[] Instructions, int ResultCount) Of(StraightLinePlan plan, KernelSegment segment, bool isStrict, bool testsAlarm = false)
    {
        var selection = new InstructionSelection(plan, segment, isStrict);
        selection.AddAll(segment);
        if (testsAlarm)
            selection.AddTest();
        else
            selection.AddAlarm();
        return ([.. selection._instructions], selection.ResultCount);
    }

    private void AddAll(KernelSegment segment)
    {
        var exports = new Dictionary<int, int>();
        foreach (var (step, register) in segment.Exports)
            exports.Add(step, register);
        foreach (var e in segment.Events)
        {
            if (e < 0)
            {
                AddStore(_stores[~e]);
                continue;
            }
            if (_packs.PackOf(e) is var pack and >= 0)
                AddPack(pack);
            else
                _single[e] = AddSingle(_code.Steps[e]);
            if (exports.TryGetValue(e, out var register))
                Add(new(InstructionKind.Store, 1, [Single(e)]) { Place = new(Area.Registers, register) });
        }
    }

    private int Add(Instruction instruction)
    {
        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private int AddSingle(in KernelStep step)
    {
        var sources = new List<int>(3);
        foreach (var operand in Operands.Of(step))
            sources.Add(Single(operand));
        var kind = PackTable.CanPack(step) ? InstructionKind.Arithmetic
            : !_isStrict && !StepPacks.IsCall(step) ? InstructionKind.Rule : InstructionKind.Call;
        AddMask(sources, step, 1);
        return Add(new(kind, 1, [.. sources]) { Step = step });
    }

    /// <summary>Signs are changed by a mask, which is fetched like other literals.</summary>
    private void AddMask(List<int> sources, in KernelStep step, int lanes)
    {
        if (step is not { Kind: StepKind.Value, Operation: Op.Neg or Op.Abs } || !ScalarForm.Native.IsLane)
            return;
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_masks, (step.Operation, lanes), out var isKnown);
        if (!isKnown)
        {
            var numbers = new double[Math.Max(2, lanes)];
            Array.Fill(numbers, step.Operation == Op.Neg ? -0.0 : BitConverter.Int64BitsToDouble(long.MaxValue));
            known = Add(new(InstructionKind.Fetch, numbers.Length, []) { Numbers = numbers });
        }
        sources.Add(known);
    }

    /// <summary>The instruction whose result has a step in its first lane.</summary>
    private int Single(int step)
    {
        if (_single.TryGetValue(step, out var known))
            return known;
        var what = _code.Steps[step];
        return _single[step] = what.Kind == StepKind.Literal ? Add(new(InstructionKind.Fetch, 1, []) { Numbers = [what.Number] })
            : PlaceOf(step) is { } place ? Fetch(place, 1)
            : Lane(step);
    }

    /// <summary>Where a step stands in memory; null where it is in a register only.</summary>
    private Place? PlaceOf(int step) =>
        _code.Steps[step] is { Kind: StepKind.Load } load ? Place.Of(_line.Loads[load.A])
        : _registers.TryGetValue(step, out var register) ? new Place(Area.Registers, register)
        : _packs.PackOf(step) is var pack and >= 0 && _results[pack] >= 0 ? new Place(Area.Results, Array.IndexOf(_packs.Steps[pack], step), _results[pack])
        : null;

    private int Fetch(Place place, int lanes, bool isRepeated = false) =>
        Add(new(InstructionKind.Fetch, lanes, []) { Place = place, IsRepeated = isRepeated, After = place.Area == Area.Results ? [_callOf[place.Number]] : [] });

    private void AddStore(StreamGroup group)
    {
        var steps = _code.Stores.Slice(group.First, group.Count).ToArray();
        var source = Tuple(steps);
        var position = _line.Stores[group.First];
        var after = new List<int>();
        for (var k = 0; k < group.Count; k++)
        {
            var place = Place.Of(_line.Stores[group.First + k]);
            if (_lastStores.TryGetValue(place, out var last))
                after.Add(last);
            _lastStores[place] = _instructions.Count;
        }
        Add(new(position.Store == StoreKind.Accumulate ? InstructionKind.Accumulate : InstructionKind.Store, group.Count, [source]) { Place = Place.Of(position), After = [.. after] });
        if (_line.IsAnyWatched(group.First, group.Count))
            Watch(group, source);
    }
}
