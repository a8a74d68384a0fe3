using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

/// <content>Steps that are needed together in a register: from a pack, from memory, or brought together from elsewhere.</content>
internal sealed partial class StraightLineEmitter
{
    private readonly Dictionary<StepTuple, int> _tupleUses = [];
    private readonly Dictionary<StepTuple, LocalBuilder> _tuples = [];

    /// <summary>Uses of each pack as it is; not counted where its lanes are used in another way too, and then it keeps its register.</summary>
    private readonly int[] _vectorUses;

    private readonly Dictionary<int, Stack<LocalBuilder>> _freeVectors = [];

    private void CountTuples()
    {
        var seen = new bool[_packs.Steps.Length];
        foreach (var e in _segment.Events)
            if (e < 0 && _stores[~e].Count > 1)
                CountTuple(_code.Stores.Slice(_stores[~e].First, _stores[~e].Count).ToArray(), StoreUses(_stores[~e]));
            else if (e < 0)
                KeepPackOf(_code.Stores[_stores[~e].First]);
            else if (_packs.PackOf(e) is var pack and >= 0)
            {
                for (var place = 0; !seen[pack] && place < 3; place++)
                    if (_packs.OperandOf(_code, e, place) >= 0)
                        CountTuple(OperandsOf(_packs.Steps[pack], place), 1);
                seen[pack] = true;
            }
            else
                foreach (var operand in Operands.Of(_code.Steps[e]))
                    KeepPackOf(operand);
        foreach (var (step, _) in _segment.Exports)
            KeepPackOf(step);
    }

    private void CountTuple(int[] steps, int uses)
    {
        var key = new StepTuple(steps);
        _tupleUses[key] = _tupleUses.GetValueOrDefault(key) + uses;
        if (IsPack(steps))
        {
            _vectorUses[_packs.PackOf(steps[0])] += uses;
            return;
        }
        foreach (var step in steps)
            KeepPackOf(step);
        if (steps.Length <= 2)
            return;
        CountTuple(steps[..(steps.Length / 2)], 1);
        CountTuple(steps[(steps.Length / 2)..], 1);
    }

    private void KeepPackOf(int step)
    {
        if (_packs.PackOf(step) is var pack and >= 0)
            _vectorUses[pack] = int.MaxValue / 2;
    }

    /// <summary>A variable for a register: the last one that was read for the last time, so that a fused sum replaces its addend.</summary>
    private LocalBuilder TakeVector(int lanes) =>
        _freeVectors.TryGetValue(lanes, out var free) && free.TryPop(out var local) ? local : _il.DeclareLocal(VectorIsa.Of(lanes).Type);

    private void FreeVector(LocalBuilder local, int lanes)
    {
        if (!_freeVectors.TryGetValue(lanes, out var free))
            _freeVectors.Add(lanes, free = []);
        free.Push(local);
    }

    private bool IsPack(int[] steps) =>
        _packs.PackOf(steps[0]) is var pack and >= 0 && _packs.Steps[pack].AsSpan().SequenceEqual(steps) && PackTable.CanPack(_code.Steps[steps[0]]);

    /// <summary>Pushes a register whose lanes are steps.</summary>
    private void EmitTuple(int[] steps)
    {
        if (IsPack(steps) && _vectors[_packs.PackOf(steps[0])] is { } packed)
        {
            _il.Emit(OpCodes.Ldloc, packed);
            if (--_vectorUses[_packs.PackOf(steps[0])] == 0)
                FreeVector(packed, steps.Length);
            return;
        }
        var key = new StepTuple(steps);
        if (_tuples.TryGetValue(key, out var known))
        {
            _il.Emit(OpCodes.Ldloc, known);
            return;
        }
        if (EmitLiterals(steps))
            return;
        EmitAnew(steps);
        if (_tupleUses.GetValueOrDefault(key) <= 1)
            return;
        _tuples.Add(key, known = _il.DeclareLocal(VectorIsa.Of(steps.Length).Type));
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, known);
    }

    private bool EmitLiterals(int[] steps)
    {
        foreach (var step in steps)
            if (_code.Steps[step].Kind != StepKind.Literal)
                return false;
        var isa = VectorIsa.Of(steps.Length);
        foreach (var step in steps)
            _il.Emit(OpCodes.Ldc_R8, _code.Steps[step].Number);
        _il.Emit(OpCodes.Call, isa.Create);
        return true;
    }

    private void EmitAnew(int[] steps)
    {
        var isa = VectorIsa.Of(steps.Length);
        if (_line.AreNeighbours(steps))
        {
            EmitAddress(_line.Loads[_code.Steps[steps[0]].A]);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Ldobj, isa.Type);
        }
        else if (LaneInMemory(steps) is var lane and >= 0)
        {
            EmitLanesInMemory(_packs.PackOf(steps[0]), lane);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Ldobj, isa.Type);
        }
        else if (!steps.AsSpan().ContainsAnyExcept(steps[0]))
        {
            EmitBroadcast(steps[0], isa);
        }
        else if (!EmitPart(steps) && !EmitChosen(steps, isa))
        {
            if (steps.Length == 2)
            {
                EmitPair(steps[0], steps[1], isa);
                return;
            }
            EmitTuple(steps[..(steps.Length / 2)]);
            EmitTuple(steps[(steps.Length / 2)..]);
            _il.Emit(OpCodes.Call, isa.Shuffle!.Join!);
        }
    }

    private void EmitBroadcast(int step, VectorIsa isa)
    {
        if (IsInMemory(step))
        {
            EmitDouble(step);
            _il.Emit(OpCodes.Call, isa.Broadcast);
            return;
        }
        EmitValue(step);
        _il.Emit(OpCodes.Call, isa.Shuffle!.Repeat!);
    }

    private void EmitPair(int first, int second, VectorIsa isa)
    {
        if (IsInMemory(first) && IsInMemory(second))
        {
            EmitDouble(first);
            EmitDouble(second);
            _il.Emit(OpCodes.Call, isa.Create);
            return;
        }
        EmitValue(first);
        EmitValue(second);
        _il.Emit(OpCodes.Call, isa.Shuffle!.UnpackLow);
    }

    /// <summary>Whether a step is read from memory and not kept in a variable.</summary>
    private bool IsInMemory(int step) =>
        _locals[step] is null && (_code.Steps[step].Kind is StepKind.Load or StepKind.Literal || _registers[step] >= 0
            || (_packs.PackOf(step) >= 0 && !PackTable.CanPack(_code.Steps[step])));

    /// <summary>The lane of calls in memory where steps begin that are neighbours there, or −1.</summary>
    private int LaneInMemory(int[] steps)
    {
        if (_packs.PackOf(steps[0]) is not (var pack and >= 0) || _vectors[pack] is null || PackTable.CanPack(_code.Steps[steps[0]]))
            return -1;
        var lane = Array.IndexOf(_packs.Steps[pack], steps[0]);
        return lane + steps.Length <= _packs.Steps[pack].Length && _packs.Steps[pack].AsSpan(lane, steps.Length).SequenceEqual(steps) ? lane : -1;
    }

    /// <summary>Pushes a part of a wider pack; false where the steps are none.</summary>
    private bool EmitPart(int[] steps)
    {
        if (_packs.PackOf(steps[0]) is not (var pack and >= 0) || _vectors[pack] is null || PackTable.PartOf(_packs.Steps[pack], steps) is not (var part and >= 0))
            return false;
        _il.Emit(OpCodes.Ldloc, _vectors[pack]!);
        for (var lanes = _packs.Steps[pack].Length; lanes > steps.Length; lanes /= 2)
        {
            var partsInHalf = lanes / steps.Length / 2;
            _il.Emit(OpCodes.Call, (part < partsInHalf ? VectorIsa.Of(lanes).Lower : VectorIsa.Of(lanes).Upper)!);
            part %= partsInHalf;
        }
        return true;
    }

    /// <summary>Pushes lanes of one pack, or of two, by one instruction; false where there is none.</summary>
    private bool EmitChosen(int[] steps, VectorIsa isa)
    {
        int first = -1, second = -1;
        var lanes = new int[steps.Length];
        for (var k = 0; k < steps.Length; k++)
        {
            var pack = _packs.PackOf(steps[k]);
            if (pack < 0 || _vectors[pack] is null || _packs.Steps[pack].Length != steps.Length || !PackTable.CanPack(_code.Steps[steps[k]]))
                return false;
            if (first < 0 || pack == first)
                first = pack;
            else if (second < 0 || pack == second)
                second = pack;
            else
                return false;
            lanes[k] = Array.IndexOf(_packs.Steps[pack], steps[k]) + (pack == first ? 0 : steps.Length);
        }
        var shuffle = isa.Shuffle!;
        if (shuffle.Pair is { } pair)
        {
            _il.Emit(OpCodes.Ldloc, _vectors[_packs.PackOf(steps[0])]!);
            _il.Emit(OpCodes.Ldloc, _vectors[_packs.PackOf(steps[1])]!);
            _il.Emit(OpCodes.Ldc_I4, lanes[0] & 1 | (lanes[1] & 1) << 1);
            _il.Emit(OpCodes.Call, pair);
            return true;
        }
        if (second < 0 && shuffle.Rearrange is { } rearrange)
        {
            _il.Emit(OpCodes.Ldloc, _vectors[first]!);
            _il.Emit(OpCodes.Ldc_I4, lanes[0] | lanes[1] << 2 | lanes[2] << 4 | lanes[3] << 6);
            _il.Emit(OpCodes.Call, rearrange);
            return true;
        }
        if (shuffle.Permute is not { } permute)
            return false;
        _il.Emit(OpCodes.Ldloc, _vectors[first]!);
        foreach (var lane in lanes)
            _il.Emit(OpCodes.Ldc_I8, (long)lane);
        _il.Emit(OpCodes.Call, steps.Length == 4 ? Shuffles.FourIndices : Shuffles.Indices);
        _il.Emit(OpCodes.Ldloc, _vectors[second < 0 ? first : second]!);
        _il.Emit(OpCodes.Call, permute);
        return true;
    }
}
