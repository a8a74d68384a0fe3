using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

/// <content>Streams that are a few ranges of neighbours in every chunk: each is loaded, or stored, as a part of a register.</content>
internal sealed partial class VectorEmitter
{
    private void EmitSplitLoad(in StreamGroup group, int g)
    {
        var data = _addresses.PopGroupAddress(_addresses.Loads, g);
        if (StoresWholeRows)
        {
            EmitNumber(0);
            for (var range = 0; range < group.Shape.Stride; range++)
            {
                // The lanes that are no part of the range stay.
                var others = _writer.PopVector();
                EmitRangeAddress(group, data, range);
                EmitRangeMask(data, range);
                _il.Emit(OpCodes.Ldloc, others);
                _il.Emit(OpCodes.Call, _isa.Shuffle!.MaskLoad!);
                _writer.Free(others);
            }
        }
        else
        {
            for (var lane = 0; lane < _isa.Lanes; lane++)
            {
                EmitSplitLaneAddress(group, data, lane);
                _il.Emit(OpCodes.Ldind_R8);
            }
            _il.Emit(OpCodes.Call, _isa.Create);
        }
        _writer.FreeAddress(data);
    }

    private void EmitSplitStore(in StreamGroup group, int g)
    {
        var value = PopStored(group, 0);
        var data = _addresses.PopGroupAddress(_addresses.Stores, g);
        if (StoresWholeRows)
            for (var range = 0; range < group.Shape.Stride; range++)
            {
                EmitRangeAddress(group, data, range);
                EmitRangeMask(data, range);
                _il.Emit(OpCodes.Ldloc, value);
                _il.Emit(OpCodes.Call, _isa.Shuffle!.MaskStore!);
            }
        else
        {
            _il.Emit(OpCodes.Ldloc, _scratch);
            _il.Emit(OpCodes.Ldloc, value);
            _writer.EmitStoreVector();
            for (var lane = 0; lane < _isa.Lanes; lane++)
            {
                EmitSplitLaneAddress(group, data, lane);
                _il.Emit(OpCodes.Ldloc, _scratch);
                _writer.EmitOffset(sizeof(double) * lane);
                _il.Emit(OpCodes.Ldind_R8);
                _il.Emit(OpCodes.Stind_R8);
            }
        }
        _writer.Free(value);
        _writer.FreeAddress(data);
    }

    /// <summary>Pushes where the first lane would be if it were in a range.</summary>
    private void EmitRangeAddress(in StreamGroup group, LocalBuilder data, int range)
    {
        _il.Emit(OpCodes.Ldloc, _addresses.Target(group));
        EmitIntegerOfRange(data, 2 * range);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
    }

    private void EmitRangeMask(LocalBuilder data, int range) => EmitMaskOfBits(() => EmitIntegerOfRange(data, 2 * range + 1));

    /// <summary>Pushes the address of a lane: its bit in the bits of a range says whether it is that one, and in no other but the first else.</summary>
    private void EmitSplitLaneAddress(in StreamGroup group, LocalBuilder data, int lane)
    {
        _il.Emit(OpCodes.Ldloc, _addresses.Target(group));
        _il.Emit(OpCodes.Ldloc, data);
        for (var range = 1; range < group.Shape.Stride; range++)
        {
            EmitIntegerOfRange(data, 2 * range + 1);
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

    private void EmitIntegerOfRange(LocalBuilder data, int place)
    {
        _il.Emit(OpCodes.Ldloc, data);
        _writer.EmitOffset(sizeof(int) * place);
        _il.Emit(OpCodes.Ldind_I4);
    }
}
