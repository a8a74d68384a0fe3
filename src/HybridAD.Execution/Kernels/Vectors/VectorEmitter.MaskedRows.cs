using System.Reflection.Emit;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    private const int BytesOfMask = sizeof(long) * Chunk.Lanes;

    /// <summary>The address of a mask of eight lanes for every byte.</summary>
    private static readonly nint s_masks = Masks();

    /// <summary>Rows of which every instance stores a part of its own.</summary>
    private void EmitMaskedRows(in StreamGroup group, int g)
    {
        var columns = new LocalBuilder[group.Count];
        for (var k = 0; k < columns.Length; k++)
            columns[k] = PopStored(group, k);
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        if (StoresWholeRows)
        {
            var rows = Transposition.FullRows(_writer, columns);
            for (var lane = 0; lane < rows.Length; lane++)
                EmitMaskedRow(group, address, lane, rows[lane]);
            _writer.Free(rows);
        }
        else
            for (var k = 0; k < columns.Length; k++)
                EmitMaskedColumn(group, address, k, columns[k]);
        _writer.Free(columns);
        _writer.FreeAddress(address);
    }

    private void EmitMaskedRow(in StreamGroup group, LocalBuilder address, int lane, LocalBuilder row)
    {
        EmitMaskedTarget(group, address, lane, 0);
        EmitMaskOfBits(() => EmitStoredLanes(address, lane));
        _il.Emit(OpCodes.Ldloc, row);
        _il.Emit(OpCodes.Call, _isa.Shuffle!.MaskStore!);
    }

    /// <summary>Pushes the mask of the lanes whose bits are set.</summary>
    private void EmitMaskOfBits(Action emitBits)
    {
        _il.Emit(OpCodes.Ldc_I8, (long)s_masks);
        _il.Emit(OpCodes.Conv_I);
        emitBits();
        _writer.EmitScaled(BytesOfMask);
        _il.Emit(OpCodes.Add);
        _writer.EmitLoadVector();
    }

    /// <summary>Lane by lane, through memory.</summary>
    private void EmitMaskedColumn(in StreamGroup group, LocalBuilder address, int stream, LocalBuilder value)
    {
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldloc, value);
        _writer.EmitStoreVector();
        for (var lane = 0; lane < _isa.Lanes; lane++)
        {
            var skip = _il.DefineLabel();
            EmitStoredLanes(address, lane);
            _il.Emit(OpCodes.Ldc_I4, 1 << stream);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Brfalse, skip);
            EmitMaskedTarget(group, address, lane, stream);
            _il.Emit(OpCodes.Ldloc, _scratch);
            _writer.EmitOffset(sizeof(double) * lane);
            _il.Emit(OpCodes.Ldind_R8);
            _il.Emit(OpCodes.Stind_R8);
            _il.MarkLabel(skip);
        }
    }

    /// <summary>Pushes the address of a stream of a lane, whether it is stored or not.</summary>
    private void EmitMaskedTarget(in StreamGroup group, LocalBuilder address, int lane, int stream)
    {
        _il.Emit(OpCodes.Ldloc, _addresses.Target(group));
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(2 * sizeof(int) * lane);
        _il.Emit(OpCodes.Ldind_I4);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
        _writer.EmitOffset(sizeof(double) * stream);
    }

    /// <summary>Pushes the bits of the streams that a lane stores.</summary>
    private void EmitStoredLanes(LocalBuilder address, int lane)
    {
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(2 * sizeof(int) * lane + sizeof(int));
        _il.Emit(OpCodes.Ldind_I4);
    }

    /// <summary>A table that lasts as long as the process: kernels have its address.</summary>
    private static unsafe nint Masks()
    {
        const int Count = 1 << Chunk.Lanes;
        var masks = (long*)NativeMemory.AlignedAlloc(Count * BytesOfMask, BytesOfMask);
        for (var bits = 0; bits < Count; bits++)
            for (var lane = 0; lane < Chunk.Lanes; lane++)
                masks[bits * Chunk.Lanes + lane] = -(bits >> lane & 1);
        return (nint)masks;
    }
}
