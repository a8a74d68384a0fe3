using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Packs;
using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Instructions;

/// <content>Packs, and steps that are needed together in a register: from a pack, from memory, or brought together from elsewhere.</content>
internal sealed partial class InstructionSelection
{
    private readonly List<int> _callOf = [];

    private void AddPack(int pack)
    {
        if (_packed[pack] >= 0)
            return;
        var steps = _packs.Steps[pack];
        var step = _code.Steps[steps[0]];
        if (!PackTable.CanPack(step))
        {
            AddCalls(pack);
            return;
        }
        var sources = new List<int>(3);
        for (var place = 0; place < 3 && _packs.OperandOf(_code, steps[0], place) >= 0; place++)
            sources.Add(Tuple(OperandsOf(steps, place)));
        AddMask(sources, step, steps.Length);
        _packed[pack] = Add(new(InstructionKind.Arithmetic, steps.Length, [.. sources]) { Step = step });
    }

    private int[] OperandsOf(int[] steps, int place) => Array.ConvertAll(steps, step => _packs.OperandOf(_code, step, place));

    /// <summary>Several calls of one function by one of its vector version.</summary>
    private void AddCalls(int pack)
    {
        var steps = _packs.Steps[pack];
        var lanes = KernelOptions.StraightLineLanes;
        var sources = new List<int>();
        for (var place = 0; place < 3; place++)
            if (_packs.OperandOf(_code, steps[0], place) >= 0)
                AddFilled(sources, OperandsOf(steps, place), lanes);
        var partner = PartnerOf(steps);
        var isSecond = partner >= 0 && _code.Steps[steps[0]].Operation == Op.Cos;
        var (own, others) = isSecond ? (ResultCount + 1, ResultCount) : (ResultCount, ResultCount + 1);
        var call = Add(new(InstructionKind.VectorCall, lanes, [.. sources])
        {
            Step = _code.Steps[steps[0]],
            Results = (ResultCount, partner < 0 ? -1 : ResultCount + 1),
        });
        (_packed[pack], _results[pack]) = (call, own);
        _callOf.Add(call);
        ResultCount++;
        if (partner < 0)
            return;
        (_packed[partner], _results[partner]) = (call, others);
        _callOf.Add(call);
        ResultCount++;
    }

    /// <summary>What is over repeats the last call: whatever it costs, it cannot be a rare and slow case of its own.</summary>
    private void AddFilled(List<int> sources, int[] operands, int lanes)
    {
        if (operands.Length == lanes && PackTable.IsSupported)
            sources.Add(Tuple(operands));
        else
            for (var lane = 0; lane < lanes; lane++)
                sources.Add(Single(operands[Math.Min(lane, operands.Length - 1)]));
    }

    /// <summary>The pack of the cosines of the angles whose sines are asked for, or the other way round; −1 if there is none.</summary>
    private int PartnerOf(int[] steps)
    {
        if (_code.Steps[steps[0]] is not { Kind: StepKind.Value, Operation: var operation } || operation is not (Op.Sin or Op.Cos))
            return -1;
        var wanted = operation == Op.Sin ? Op.Cos : Op.Sin;
        for (var pack = 0; pack < _packs.Steps.Length; pack++)
        {
            var others = _packs.Steps[pack];
            if (others.Length == steps.Length && _packed[pack] < 0 && _code.Steps[others[0]] is { Kind: StepKind.Value } other && other.Operation == wanted
                && _here.Contains(others[0]) && OperandsOf(others, 0).AsSpan().SequenceEqual(OperandsOf(steps, 0)))
                return pack;
        }
        return -1;
    }

    /// <summary>A lane of a pack.</summary>
    private int Lane(int step)
    {
        var pack = _packs.PackOf(step);
        var lane = Array.IndexOf(_packs.Steps[pack], step);
        var half = Part(pack, 2, lane / 2);
        return lane % 2 == 0 ? half : Add(new(InstructionKind.SecondLane, 1, [half]));
    }

    /// <summary>A part of a pack.</summary>
    private int Part(int pack, int lanes, int part)
    {
        var steps = _packs.Steps[pack];
        if (steps.Length == lanes)
            return _packed[pack];
        var key = new StepTuple(steps[(part * lanes)..((part + 1) * lanes)]);
        if (!_tuples.TryGetValue(key, out var known))
            _tuples.Add(key, known = Add(new(InstructionKind.Part, lanes, [_packed[pack]]) { Choice = [part] }));
        return known;
    }

    /// <summary>The instruction whose result has some steps in its lanes.</summary>
    private int Tuple(int[] steps)
    {
        if (steps.Length == 1)
            return Single(steps[0]);
        if (ArithmeticPackOf(steps[0]) is var pack and >= 0 && PackTable.PartOf(_packs.Steps[pack], steps) is var part and >= 0)
            return Part(pack, steps.Length, part);
        var key = new StepTuple(steps);
        if (!_tuples.TryGetValue(key, out var known))
            _tuples.Add(key, known = Anew(steps));
        return known;
    }

    /// <summary>The pack of arithmetic in which a step is computed here, or −1.</summary>
    private int ArithmeticPackOf(int step) => _packs.PackOf(step) is var pack and >= 0 && _packed[pack] >= 0 && _results[pack] < 0 ? pack : -1;

    private int Anew(int[] steps)
    {
        if (Array.TrueForAll(steps, step => _code.Steps[step].Kind == StepKind.Literal))
            return Add(new(InstructionKind.Fetch, steps.Length, []) { Numbers = Array.ConvertAll(steps, step => _code.Steps[step].Number) });
        if (_line.AreNeighbours(steps) || AreNeighbouringResults(steps))
            return Fetch(PlaceOf(steps[0])!.Value, steps.Length);
        if (!steps.AsSpan().ContainsAnyExcept(steps[0]))
            return PlaceOf(steps[0]) is { } place ? Fetch(place, steps.Length, isRepeated: true) : Add(new(InstructionKind.Repeat, steps.Length, [Single(steps[0])]));
        if (Chosen(steps) is { } chosen)
            return Add(chosen);
        if (steps.Length == 2)
            return Add(new(InstructionKind.Pair, 2, [Single(steps[0]), Single(steps[1])]));
        return Add(new(InstructionKind.Join, steps.Length, [Tuple(steps[..(steps.Length / 2)]), Tuple(steps[(steps.Length / 2)..])]));
    }

    private bool AreNeighbouringResults(int[] steps)
    {
        if (PlaceOf(steps[0]) is not { Area: Area.Results } first)
            return false;
        for (var lane = 0; lane < steps.Length; lane++)
            if (PlaceOf(steps[lane]) != first with { Position = first.Position + lane })
                return false;
        return true;
    }

    /// <summary>Lanes of one pack, or of two, by one instruction; null where there is none.</summary>
    private Instruction? Chosen(int[] steps)
    {
        int first = -1, second = -1;
        var lanes = new int[steps.Length];
        for (var k = 0; k < steps.Length; k++)
        {
            var pack = ArithmeticPackOf(steps[k]);
            if (pack < 0 || _packs.Steps[pack].Length != steps.Length)
                return null;
            if (first < 0 || pack == first)
                first = pack;
            else if (second < 0 || pack == second)
                second = pack;
            else
                return null;
            lanes[k] = Array.IndexOf(_packs.Steps[pack], steps[k]) + (pack == first ? 0 : steps.Length);
        }
        var shuffle = VectorIsa.Of(steps.Length).Shuffle!;
        return shuffle.Pair is not null || shuffle.Permute is not null || second < 0 && shuffle.Rearrange is not null
            ? new(InstructionKind.Choose, steps.Length, second < 0 ? [_packed[first]] : [_packed[first], _packed[second]]) { Choice = lanes }
            : null;
    }
}
