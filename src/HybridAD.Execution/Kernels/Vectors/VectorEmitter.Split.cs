using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

/// <content>Streams that are a few ranges of neighbours in every chunk: each is loaded, or stored, as a part of a register.</content>
internal sealed partial class VectorEmitter
{
    // By leader, what the current chunk has of each range: where its first lane would be, in bytes, and the mask of its lanes.
    private readonly Dictionary<int, (LocalBuilder[] Offsets, LocalBuilder[] Masks)> _rangesOfChunk = [];

    private void EmitSplitLoad(in StreamGroup group, int g)
    {
        if (!StoresWholeRows)
        {
            var ranges = PopRanges(group);
            for (var lane = 0; lane < _isa.Lanes; lane++)
            {
                EmitSplitLaneAddress(group, _addresses.Loads.Base[g]!, ranges, lane);
                _il.Emit(OpCodes.Ldind_R8);
            }
            _il.Emit(OpCodes.Call, _isa.Create);
            _writer.FreeAddress(ranges);
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
            var ranges = PopRanges(group);
            _il.Emit(OpCodes.Ldloc, _scratch);
            _il.Emit(OpCodes.Ldloc, value);
            _writer.EmitStoreVector();
            for (var lane = 0; lane < _isa.Lanes; lane++)
            {
                EmitSplitLaneAddress(group, _addresses.Stores.Base[g]!, ranges, lane);
                _il.Emit(OpCodes.Ldloc, _scratch);
                _writer.EmitOffset(sizeof(double) * lane);
                _il.Emit(OpCodes.Ldind_R8);
                _il.Emit(OpCodes.Stind_R8);
            }
            _writer.FreeAddress(ranges);
        }
        _writer.Free(value);
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

    /// <summary>Pushes the address of a lane: its bit in the bits of a range says whether it is that one, and in no other but the first else.</summary>
    private void EmitSplitLaneAddress(in StreamGroup group, LocalBuilder start, LocalBuilder ranges, int lane)
    {
        _il.Emit(OpCodes.Ldloc, start);
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
        _il.Emit(OpCodes.Add);
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
