using System.Numerics;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    private readonly Dictionary<int, LocalBuilder> _sums;
    private LocalBuilder? _pair;

    private void EmitStore(int g)
    {
        ref readonly var group = ref _stores[g];
        if (_columnRows.TryGetValue(g, out var columns))
            EmitColumnOfRows(columns, g);
        else if (group.IsReduction)
            EmitReduction(group, g);
        else if (group.AddsSums)
            EmitSums(group, g);
        else if (group.Shape.Addressing == Addressing.Split)
            EmitSplitStore(group, g);
        else if (group is { Count: 1, Shape: { Addressing: not Addressing.Indexed, Stride: 1 } })
        {
            var address = _addresses.PopGroupAddress(_addresses.Stores, g);
            EmitPrefetches(group, g, address);
            EmitFullStore(address, 0, PopStored(group, 0), group.Shape.Store);
            _writer.FreeAddress(address);
        }
        else if (group.Shape.Addressing == Addressing.Masked)
            EmitMaskedRows(group, g);
        else if (group.Shape.Addressing == Addressing.Permuted)
            EmitPermutedRows(group, g);
        else if (IsInterleaved(group))
            EmitInterleaved(group, g);
        else if (group.Shape.Store == StoreKind.Assign && ArePaired(group))
            EmitPairedStores(group, g);
        else if (Contiguous(group) is { } rows)
            EmitContiguous(group, g, rows);
        else
            EmitRows(group, g);
    }

    /// <summary>Computes what a stream of a group stores, into a local variable that is to be given back.</summary>
    private LocalBuilder PopStored(in StreamGroup group, int k)
    {
        EmitValue(_code.Stores[group.First + k]);
        return _writer.PopVector();
    }

    /// <summary>Stores a whole register and gives it back.</summary>
    private void EmitFullStore(LocalBuilder address, int offset, LocalBuilder value, StoreKind kind)
    {
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(offset);
        if (kind == StoreKind.Accumulate)
        {
            _il.Emit(OpCodes.Ldloc, address);
            _writer.EmitOffset(offset);
            _writer.EmitLoadVector();
        }
        _il.Emit(OpCodes.Ldloc, value);
        if (kind == StoreKind.Accumulate)
            _writer.EmitOperator("op_Addition");
        _writer.EmitStoreVector();
        _writer.Free(value);
    }

    /// <summary>What all lanes add to the same numbers, which other chunks do not: the sum of the lanes, or else every lane would wait for the one before it.</summary>
    private void EmitSums(in StreamGroup group, int g)
    {
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        for (var k = 0; k < group.Count; k++)
        {
            var value = PopStored(group, k);
            _il.Emit(OpCodes.Ldloc, address);
            _writer.EmitOffset(sizeof(double) * k);
            _il.Emit(OpCodes.Ldloc, address);
            _writer.EmitOffset(sizeof(double) * k);
            _il.Emit(OpCodes.Ldind_R8);
            _writer.EmitSum(value);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stind_R8);
            _writer.Free(value);
        }
        _writer.FreeAddress(address);
    }

    /// <summary>Pairs, which lie one behind the other: two registers. Processors that foresee stores do not have to be asked for their lines: mostly as much is loaded, and these are few streams.</summary>
    private void EmitInterleaved(in StreamGroup group, int g)
    {
        var (first, second) = (PopStored(group, 0), PopStored(group, 1));
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        if (!Cores.ForeseeStores)
            EmitPrefetches(group, g, address);
        EmitFullStore(address, 0, _writer.Permuted(first, FirstTwice, second), group.Shape.Store);
        EmitFullStore(address, sizeof(double) * 8, _writer.Permuted(first, LastTwice, second), group.Shape.Store);
        _writer.Free(first, second);
        _writer.FreeAddress(address);
    }

    private void EmitRows(in StreamGroup group, int g)
    {
        var columns = new LocalBuilder[group.Count];
        for (var k = 0; k < columns.Length; k++)
            columns[k] = PopStored(group, k);
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        EmitPrefetches(group, g, address);
        if (StoresRowByRow(group))
            EmitRowByRow(group, address, columns);
        else
            for (int k = 0, width; k < columns.Length; k += width)
            {
                width = RowBlock(group.Shape.Store, columns.Length - k);
                if (width == 1)
                    EmitColumn(group, address, k, columns[k]);
                else
                    EmitRowBlock(group, address, k, columns[k..(k + width)]);
            }
        _writer.Free(columns);
        _writer.FreeAddress(address);
    }

    /// <summary>Whether rows are of two registers of four lanes, which all rows of a group are in at once, a half of the registers there are.</summary>
    private bool StoresRowByRow(in StreamGroup group) =>
        _isa.Lanes == VectorIsa.Middle.Lanes && _isa.Shuffle is not null && group.Shape.Store == StoreKind.Assign && group.Count > _isa.Lanes && group.Count <= 2 * _isa.Lanes;

    /// <summary>Stores both parts of a row before the next row: a line of the cache is stored to while it is there, which took a fifth less than the first parts of all rows before the second ones.</summary>
    private void EmitRowByRow(in StreamGroup group, LocalBuilder address, LocalBuilder[] columns)
    {
        var (first, last) = (columns[.._isa.Lanes], columns[_isa.Lanes..]);
        var rows = Transposition.Rows(_writer, first);
        var ends = last.Length == 1 ? [] : Transposition.Rows(_writer, last);
        for (var lane = 0; lane < _isa.Lanes; lane++)
        {
            EmitRowOfLane(group, address, lane, 0, rows, first.Length);
            if (last.Length == 1)
            {
                EmitPair(last[0], lane / 2);
                _il.Emit(OpCodes.Stloc, Pair());
                EmitHalfStore(group, address, lane, _isa.Lanes, Pair());
            }
            else
                EmitRowOfLane(group, address, lane, _isa.Lanes, ends, last.Length);
        }
        _writer.Free(rows);
        _writer.Free(ends);
    }

    /// <summary>
    /// How many of the streams that are left are turned into rows together. What is added to is never loaded and stored under a mask: a load that covers bytes which the store before it left out
    /// waits until that store has reached the cache, on processors of today six times as long as the addition takes, and where neighbours add to neighbours every load does.
    /// </summary>
    private int RowBlock(StoreKind kind, int left)
    {
        var most = Math.Min(_isa.Shuffle is null ? 1 : _isa.Lanes, left);
        return kind == StoreKind.Accumulate ? (int)BitOperations.RoundUpToPowerOf2((uint)most + 1) / 2 : most;
    }

    /// <summary>One stream, lane by lane.</summary>
    private void EmitColumn(in StreamGroup group, LocalBuilder address, int stream, LocalBuilder value)
    {
        if (group.Shape.Store == StoreKind.Assign && _isa.Shuffle is not null)
        {
            var pair = Pair();
            for (var part = 0; part < _isa.Lanes / 2; part++)
            {
                EmitPair(value, part);
                _il.Emit(OpCodes.Stloc, pair);
                for (var odd = 0; odd < 2; odd++)
                    EmitHalfStore(group, address, 2 * part + odd, stream, pair);
            }
            return;
        }
        // Through memory: every lane has to be a scalar anyway.
        _il.Emit(OpCodes.Ldloc, _scratch);
        _il.Emit(OpCodes.Ldloc, value);
        _writer.EmitStoreVector();
        for (var lane = 0; lane < _isa.Lanes; lane++)
        {
            var skip = EmitTarget(group, address, lane, stream, out var target);
            _il.Emit(OpCodes.Ldloc, target);
            if (group.Shape.Store == StoreKind.Accumulate)
            {
                _il.Emit(OpCodes.Ldloc, target);
                _il.Emit(OpCodes.Ldind_R8);
            }
            _il.Emit(OpCodes.Ldloc, _scratch);
            _writer.EmitOffset(sizeof(double) * lane);
            _il.Emit(OpCodes.Ldind_R8);
            if (group.Shape.Store == StoreKind.Accumulate)
                _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stind_R8);
            EndTarget(skip, target);
        }
    }

    /// <summary>Pops a register and pushes a part of it. The first part is the register itself, under another name.</summary>
    private void EmitPart(int part, VectorIsa type)
    {
        if (part == 0)
        {
            _il.Emit(OpCodes.Call, _isa.Lower!);
            if (_isa.Lanes > 2 * type.Lanes)
                _il.Emit(OpCodes.Call, VectorIsa.Middle.Lower!);
            return;
        }
        _il.Emit(OpCodes.Ldc_I4, part);
        _il.Emit(OpCodes.Call, type.Lanes == 2 ? _isa.Shuffle!.Part! : _isa.Shuffle!.Half!);
    }

    private LocalBuilder Pair() => _pair ??= _il.DeclareLocal(typeof(Vector128<double>));

    /// <summary>Several streams, turned into a row for every lane.</summary>
    private void EmitRowBlock(in StreamGroup group, LocalBuilder address, int first, LocalBuilder[] columns)
    {
        var width = columns.Length;
        var rows = Transposition.Rows(_writer, columns);
        for (var lane = 0; lane < _isa.Lanes; lane++)
            EmitRowOfLane(group, address, lane, first, rows, width);
        _writer.Free(rows);
    }

    /// <summary>Stores the row of a lane, from a stream on, as <see cref="Transposition.Rows"/> arranges it.</summary>
    private void EmitRowOfLane(in StreamGroup group, LocalBuilder address, int lane, int first, LocalBuilder[] rows, int width)
    {
        var skip = EmitTarget(group, address, lane, first, out var target);
        if (width == 2)
            EmitPartStore(group, target, rows[lane % 2], lane / 2, VectorIsa.Narrow, width);
        else if (rows.Length == 4 && _isa.Lanes == 8)
            EmitPartStore(group, target, rows[lane % 4], lane / 4, VectorIsa.Middle, width);
        else
            EmitPartStore(group, target, rows[lane], 0, _isa, width);
        EndTarget(skip, target);
    }

    /// <summary>Stores the first numbers of a part of a register.</summary>
    private void EmitPartStore(in StreamGroup group, LocalBuilder target, LocalBuilder row, int part, VectorIsa type, int width)
    {
        if (width < type.Lanes && !StoresWholeRows)
        {
            EmitThree(target, row);
            return;
        }
        var isMasked = width < type.Lanes;
        _il.Emit(OpCodes.Ldloc, target);
        if (isMasked)
            _il.Emit(OpCodes.Ldloc, _writer.Mask(width, type != _isa));
        if (group.Shape.Store == StoreKind.Accumulate)
        {
            _il.Emit(OpCodes.Ldloc, target);
            if (type == VectorIsa.Narrow)
            {
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(OpCodes.Ldobj, type.Type);
            }
            else
                _writer.EmitLoadPart(width, type != _isa);
        }
        _il.Emit(OpCodes.Ldloc, row);
        if (type != _isa)
            EmitPart(part, type);
        if (group.Shape.Store == StoreKind.Accumulate)
            _il.Emit(OpCodes.Call, type.Operator("op_Addition"));
        if (isMasked)
            _il.Emit(OpCodes.Call, type.Shuffle!.MaskStore!);
        else
        {
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Stobj, type.Type);
        }
    }

    /// <summary>
    /// Stores the first three numbers of a register of four, the only part of one that is stored without AVX-512, as a pair and a number: a store by a mask of whole lanes is a program of its own on
    /// cores of AMD, and takes more than twice as long.
    /// </summary>
    private void EmitThree(LocalBuilder target, LocalBuilder row)
    {
        _il.Emit(OpCodes.Ldloc, target);
        EmitPair(row, 0);
        _il.Emit(OpCodes.Unaligned, (byte)1);
        _il.Emit(OpCodes.Stobj, VectorIsa.Narrow.Type);
        _il.Emit(OpCodes.Ldloc, target);
        _writer.EmitOffset(sizeof(double) * VectorIsa.Narrow.Lanes);
        EmitPair(row, 1);
        _il.Emit(OpCodes.Call, Shuffles.StoreLow);
    }

    /// <summary>Computes the address that a lane stores to; an indexed lane with a negative position goes to the label.</summary>
    private CodeLabel? EmitTarget(in StreamGroup group, LocalBuilder address, int lane, int stream, out LocalBuilder target)
    {
        target = _writer.TakeAddress();
        if (group.Shape.Addressing != Addressing.Indexed || group.Shape.IsComplete)
        {
            _addresses.EmitLaneAddress(group, address, lane, stream);
            _il.Emit(OpCodes.Stloc, target);
            return null;
        }
        var skip = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(sizeof(int) * lane);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Stloc, target);
        _il.Emit(OpCodes.Ldloc, target);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Blt, skip);
        _il.Emit(OpCodes.Ldloc, _addresses.Target(group));
        _il.Emit(OpCodes.Ldloc, target);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
        _writer.EmitOffset(sizeof(double) * stream);
        _il.Emit(OpCodes.Stloc, target);
        return skip;
    }

    private void EndTarget(CodeLabel? skip, LocalBuilder target)
    {
        if (skip is { } label)
            _il.MarkLabel(label);
        _writer.FreeAddress(target);
    }
}
