using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

/// <content>Streams that are a few ranges of neighbours in every chunk: each is loaded, or stored, as a part of a register.</content>
internal sealed partial class VectorEmitter
{
    // By leader, what the current chunk has of each range: where its first lane would be, in bytes, and the mask of its lanes.
    private readonly Dictionary<int, (LocalBuilder[] Offsets, LocalBuilder[] Masks)> _rangesOfChunk = [];

    // By leader, where each lane of the current register is, in bytes: for registers of which no part is stored by a mask, or not quickly.
    private readonly Dictionary<int, LocalBuilder[]> _lanesOfRegister = [];

    private void EmitSplitLoad(in StreamGroup group, int g)
    {
        if (!StoresWholeRows)
        {
            foreach (var offset in LanesOfRegister(group))
            {
                EmitRangeAddress(_addresses.Loads.Base[g]!, offset);
                _il.Emit(OpCodes.Ldind_R8);
            }
            _il.Emit(OpCodes.Call, _isa.Create);
            return;
        }
        var (offsets, masks) = RangesOfChunk(group);
        EmitNumber(0);
        for (var range = 0; range < offsets.Length; range++)
        {
            // The lanes that are no part of the range stay.
            var others = _writer.PopVector();
            EmitRangeAddress(_addresses.Loads.Base[g]!, offsets[range]);
            _il.Emit(OpCodes.Ldloc, masks[range]);
            _il.Emit(OpCodes.Ldloc, others);
            _il.Emit(OpCodes.Call, _isa.Shuffle!.MaskLoad!);
            _writer.Free(others);
        }
    }

    private void EmitSplitStore(in StreamGroup group, int g)
    {
        var value = PopStored(group, 0);
        if (StoresWholeRows)
        {
            var (offsets, masks) = RangesOfChunk(group);
            for (var range = 0; range < offsets.Length; range++)
            {
                EmitRangeAddress(_addresses.Stores.Base[g]!, offsets[range]);
                _il.Emit(OpCodes.Ldloc, masks[range]);
                _il.Emit(OpCodes.Ldloc, value);
                _il.Emit(OpCodes.Call, _isa.Shuffle!.MaskStore!);
            }
        }
        else
        {
            var lanes = LanesOfRegister(group);
            for (var lane = 0; lane < lanes.Length; lane++)
            {
                if (_isa.Shuffle is not null && lane % 2 == 0)
                {
                    EmitPair(value, lane / 2);
                    _il.Emit(OpCodes.Stloc, Pair());
                }
                EmitRangeAddress(_addresses.Stores.Base[g]!, lanes[lane]);
                EmitLaneStore(value, lane);
            }
        }
        _writer.Free(value);
    }

    /// <summary>Pops an address and stores a lane of a register there: of the current pair, or where there is no such instruction through memory.</summary>
    private void EmitLaneStore(LocalBuilder register, int lane)
    {
        if (_isa.Shuffle is not null)
        {
            _il.Emit(OpCodes.Ldloc, Pair());
            _il.Emit(OpCodes.Call, lane % 2 == 0 ? Shuffles.StoreLow : Shuffles.StoreHigh);
            return;
        }
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldloc, register);
        _writer.EmitStoreVector();
        _il.Emit(OpCodes.Ldloc, _scratch);
        _writer.EmitOffset(sizeof(double) * lane);
        _il.Emit(OpCodes.Ldind_R8);
        _il.Emit(OpCodes.Stind_R8);
    }

    /// <summary>Where the lanes of a group are in the current register, computed where they are first needed.</summary>
    private LocalBuilder[] LanesOfRegister(in StreamGroup group)
    {
        if (_lanesOfRegister.TryGetValue(StreamAddresses.LeaderOf(group), out var known))
            return known;
        var lanes = new LocalBuilder[_isa.Lanes];
        var ranges = PopRanges(group);
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            EmitSplitLaneOffset(group, ranges, lane);
            _il.Emit(OpCodes.Stloc, lanes[lane] = _il.DeclareLocal(typeof(nint)));
        }
        _writer.FreeAddress(ranges);
        return _lanesOfRegister[StreamAddresses.LeaderOf(group)] = lanes;
    }

    /// <summary>The ranges of a group in the current chunk, computed where they are first needed.</summary>
    private (LocalBuilder[] Offsets, LocalBuilder[] Masks) RangesOfChunk(in StreamGroup group)
    {
        if (_rangesOfChunk.TryGetValue(StreamAddresses.LeaderOf(group), out var known))
            return known;
        var (offsets, masks) = (new LocalBuilder[group.Shape.Stride], new LocalBuilder[group.Shape.Stride]);
        var ranges = PopRanges(group);
        for (var range = 0; range < offsets.Length; range++)
        {
            EmitIntegerOfRange(ranges, 2 * range);
            _writer.EmitScaled(sizeof(double));
            _il.Emit(OpCodes.Stloc, offsets[range] = _il.DeclareLocal(typeof(nint)));
            var place = 2 * range + 1;
            EmitMaskOfBits(() => EmitIntegerOfRange(ranges, place));
            _il.Emit(OpCodes.Stloc, masks[range] = _il.DeclareLocal(_isa.Type));
        }
        _writer.FreeAddress(ranges);
        return _rangesOfChunk[StreamAddresses.LeaderOf(group)] = (offsets, masks);
    }

    private LocalBuilder PopRanges(in StreamGroup group)
    {
        _addresses.EmitRanges(group);
        var ranges = _writer.TakeAddress();
        _il.Emit(OpCodes.Stloc, ranges);
        return ranges;
    }

    private void EmitRangeAddress(LocalBuilder start, LocalBuilder offset)
    {
        _il.Emit(OpCodes.Ldloc, start);
        _il.Emit(OpCodes.Ldloc, offset);
        _il.Emit(OpCodes.Add);
    }

    /// <summary>Pushes where a lane is, in bytes: its bit in the bits of a range says whether it is in that one, and in no other but the first else.</summary>
    private void EmitSplitLaneOffset(in StreamGroup group, LocalBuilder ranges, int lane)
    {
        _il.Emit(OpCodes.Ldloc, ranges);
        for (var range = 1; range < group.Shape.Stride; range++)
        {
            EmitIntegerOfRange(ranges, 2 * range + 1);
            EmitLaneOfChunk(lane);
            _il.Emit(OpCodes.Shr_Un);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.And);
            _writer.EmitScaled(2 * sizeof(int) * range);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldind_I4);
        EmitLaneOfChunk(lane);
        _il.Emit(OpCodes.Add);
        _writer.EmitScaled(sizeof(double));
    }

    /// <summary>Pushes the number in its chunk of a lane of the current register.</summary>
    private void EmitLaneOfChunk(int lane)
    {
        _il.Emit(OpCodes.Ldloc, _addresses.Instance);
        _il.Emit(OpCodes.Ldc_I4_3);
        _il.Emit(OpCodes.Shr);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ldc_I4, Chunk.Lanes - 1);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldc_I4, lane);
        _il.Emit(OpCodes.Add);
    }

    private void EmitIntegerOfRange(LocalBuilder ranges, int place)
    {
        _il.Emit(OpCodes.Ldloc, ranges);
        _writer.EmitOffset(sizeof(int) * place);
        _il.Emit(OpCodes.Ldind_I4);
    }
}
