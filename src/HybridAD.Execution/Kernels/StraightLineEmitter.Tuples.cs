using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

/// <content>Steps that are needed together in a register: from a pack, from memory, or brought together from elsewhere.</content>
internal sealed partial class StraightLineEmitter
{
    private readonly Dictionary<StepTuple, int> _tupleUses = [];
    private readonly Dictionary<StepTuple, LocalBuilder> _tuples = [];

    private void CountTuples()
    {
        var seen = new bool[_packs.Steps.Length];
        foreach (var e in _segment.Events)
            if (e < 0 && _stores[~e].Count > 1)
                CountTuple(_code.Stores.Slice(_stores[~e].First, _stores[~e].Count).ToArray());
            else if (e >= 0 && _packs.PackOf(e) is var pack and >= 0 && !seen[pack])
            {
                seen[pack] = true;
                for (var place = 0; place < 3; place++)
                    if (_packs.OperandOf(_code, e, place) >= 0)
                        CountTuple(OperandsOf(_packs.Steps[pack], place));
            }
    }

    private void CountTuple(int[] steps)
    {
        var key = new StepTuple(steps);
        _tupleUses[key] = _tupleUses.GetValueOrDefault(key) + 1;
        if (steps.Length <= 2 || IsPack(steps))
            return;
        CountTuple(steps[..(steps.Length / 2)]);
        CountTuple(steps[(steps.Length / 2)..]);
    }

    private bool IsPack(int[] steps) =>
        _packs.PackOf(steps[0]) is var pack and >= 0 && _packs.Steps[pack].AsSpan().SequenceEqual(steps) && PackTable.CanPack(_code.Steps[steps[0]]);

    /// <summary>Pushes a register whose lanes are steps.</summary>
    private void EmitTuple(int[] steps)
    {
        if (IsPack(steps) && _vectors[_packs.PackOf(steps[0])] is { } packed)
        {
            _il.Emit(OpCodes.Ldloc, packed);
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
            EmitValue(steps[0]);
            _il.Emit(OpCodes.Call, isa.Broadcast);
        }
        else if (!EmitChosen(steps, isa))
        {
            if (steps.Length == 2)
            {
                EmitValue(steps[0]);
                EmitValue(steps[1]);
                _il.Emit(OpCodes.Call, isa.Create);
                return;
            }
            EmitTuple(steps[..(steps.Length / 2)]);
            EmitTuple(steps[(steps.Length / 2)..]);
            _il.Emit(OpCodes.Call, isa.Shuffle!.Join!);
        }
    }

    /// <summary>The lane of calls in memory where steps begin that are neighbours there, or −1.</summary>
    private int LaneInMemory(int[] steps)
    {
        if (_packs.PackOf(steps[0]) is not (var pack and >= 0) || _vectors[pack] is null || PackTable.CanPack(_code.Steps[steps[0]]))
            return -1;
        var lane = Array.IndexOf(_packs.Steps[pack], steps[0]);
        return lane + steps.Length <= _packs.Steps[pack].Length && _packs.Steps[pack].AsSpan(lane, steps.Length).SequenceEqual(steps) ? lane : -1;
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
