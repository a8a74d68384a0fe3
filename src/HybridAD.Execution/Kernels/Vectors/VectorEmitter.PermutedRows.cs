using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    // Shifts that bring the stream of each number of a row to the lowest bits.
    private static readonly long[] s_shiftsOfOrder = [.. Enumerable.Range(0, Chunk.Lanes).Select(static number => (long)RowOrders.Bits * number)];

    // The same for the halves of four numbers, and the halves themselves: numbers are moved as two halves each, by twice their streams.
    private static readonly int[] s_shiftsOfHalves = [.. Enumerable.Range(0, Chunk.Lanes).Select(static half => RowOrders.Bits * (half / 2))];
    private static readonly int[] s_halves = [0, 1, 0, 1, 0, 1, 0, 1];

    private LocalBuilder? _rowsInMemory;

    /// <summary>Bytes from a number of a row to the next, while it is in memory to be found there: side by side, or where lanes cannot be moved a register apart.</summary>
    private int BytesOfNumber => _isa.Shuffle is null ? sizeof(double) * _isa.Lanes : sizeof(double);

    /// <summary>Bytes from a row in memory to the next.</summary>
    private int BytesOfRow => _isa.Shuffle is null ? sizeof(double) : sizeof(double) * RowOrders.Longest;

    /// <summary>Room for rows whose numbers have to be found one by one.</summary>
    private void EmitRowsInMemory()
    {
        if (!Array.Exists(_segment.Events, e => e < 0 && _stores[~e].Shape.Addressing == Addressing.Permuted && !ArePermutedInRegisters(_stores[~e])))
            return;
        _rowsInMemory = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldc_I4, sizeof(double) * _isa.Lanes * RowOrders.Longest);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Localloc);
        _il.Emit(OpCodes.Stloc, _rowsInMemory);
    }

    /// <summary>Rows whose numbers every instance has in an order of its own.</summary>
    private void EmitPermutedRows(in StreamGroup group, int g)
    {
        var columns = new LocalBuilder[group.Count];
        for (var k = 0; k < columns.Length; k++)
            columns[k] = PopStored(group, k);
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        if (StoresWholeRows)
            EmitPermutedRegisters(group, address, columns);
        else if (ArePermutedInRegisters(group))
            EmitPermutedHalves(group, address, columns);
        else
            EmitPermutedNumbers(group, address, columns);
        _writer.Free(columns);
        _writer.FreeAddress(address);
    }

    /// <summary>Row by row: the columns are turned, and the order of an instance says which lanes of its row, in one register or two, go where.</summary>
    private void EmitPermutedRegisters(in StreamGroup group, LocalBuilder address, LocalBuilder[] columns)
    {
        var (run, lanes) = (group, _isa.Lanes);
        var first = Transposition.FullRows(_writer, columns[..Math.Min(lanes, run.Count)]);
        var second = run.Count > lanes ? Transposition.FullRows(_writer, columns[lanes..]) : first;
        EmitRowsInOrder(run, address, (lane, register) =>
        {
            _il.Emit(OpCodes.Ldloc, first[lane]);
            EmitOrder(run, address, lane, register);
            _il.Emit(OpCodes.Ldloc, second[lane]);
            _il.Emit(OpCodes.Call, _isa.Shuffle!.Permute!);
        });
        _writer.Free(first);
        if (second != first)
            _writer.Free(second);
    }

    /// <summary>Stores the rows of all lanes register by register.</summary>
    /// <param name="group">The run.</param>
    /// <param name="address">Where its data are.</param>
    /// <param name="emitRegister">Pushes a register of the row of a lane, with the numbers in their order.</param>
    private void EmitRowsInOrder(in StreamGroup group, LocalBuilder address, Action<int, int> emitRegister)
    {
        var (count, lanes) = (group.Count, _isa.Lanes);
        for (var lane = 0; lane < lanes; lane++)
        {
            var target = _writer.TakeAddress();
            EmitRowOfInstance(group, address, lane);
            _il.Emit(OpCodes.Stloc, target);
            for (var register = 0; lanes * register < count; register++)
            {
                emitRegister(lane, register);
                var row = _writer.PopVector();
                EmitRowStore(group, target, row, Math.Min(lanes, count - lanes * register));
                _writer.Free(row);
                _il.Emit(OpCodes.Ldloc, target);
                _writer.EmitOffset(sizeof(double) * lanes);
                _il.Emit(OpCodes.Stloc, target);
            }
            _writer.FreeAddress(target);
        }
    }

    /// <summary>Pushes the lanes of a row that go to the numbers of a register; bits above those of a lane are not looked at.</summary>
    private void EmitOrder(in StreamGroup group, LocalBuilder address, int lane, int register)
    {
        EmitIntegerOfInstance(group, address, lane, RowOrders.PlaceOf(group.Count, register));
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Call, Shuffles.EightTimes);
        _writer.EmitIndices(s_shiftsOfOrder);
        _il.Emit(OpCodes.Call, Shuffles.AsShifts);
        _il.Emit(OpCodes.Call, Shuffles.ShiftRight);
    }

    /// <summary>Stores the first numbers of a register in the narrowest way there is.</summary>
    private void EmitRowStore(in StreamGroup group, LocalBuilder target, LocalBuilder row, int width)
    {
        if (width == 1)
        {
            _il.Emit(OpCodes.Ldloc, target);
            _il.Emit(OpCodes.Ldloc, row);
            EmitPart(0, VectorIsa.Narrow);
            _il.Emit(OpCodes.Call, Shuffles.StoreLow);
        }
        else
            EmitPartStore(group, target, row, 0, width == 2 ? VectorIsa.Narrow : width <= VectorIsa.Middle.Lanes ? VectorIsa.Middle : _isa, width);
    }

    /// <summary>Whether rows are brought into their orders without going through memory.</summary>
    private bool ArePermutedInRegisters(in StreamGroup group) =>
        StoresWholeRows || _isa.Lanes == VectorIsa.Middle.Lanes && group.Count <= Chunk.Lanes && _isa.Shuffle is not null && HalfMoves.AreSupported;

    /// <summary>Row by row, as <see cref="EmitPermutedRegisters"/>, where numbers are moved within one register of four only: those of the other are moved alike, and chosen where the order says so.</summary>
    private void EmitPermutedHalves(in StreamGroup group, LocalBuilder address, LocalBuilder[] columns)
    {
        var (run, lanes) = (group, _isa.Lanes);
        var first = Transposition.Square(_writer, columns[..Math.Min(lanes, run.Count)]);
        var second = run.Count > lanes ? Transposition.Square(_writer, columns[lanes..]) : null;
        var (order, places) = (_il.DeclareLocal(HalfMoves.Type), _il.DeclareLocal(HalfMoves.Type));
        EmitRowsInOrder(run, address, (lane, register) =>
        {
            if (register == 0)
            {
                EmitIntegerOfInstance(run, address, lane, RowOrders.PlaceOf(run.Count, 0));
                _il.Emit(OpCodes.Call, HalfMoves.Repeat);
                _il.Emit(OpCodes.Ldc_I4_1);
                _il.Emit(OpCodes.Call, HalfMoves.ShiftLeft);
                _il.Emit(OpCodes.Stloc, order);
            }
            _il.Emit(OpCodes.Ldloc, order);
            EmitHalves([.. s_shiftsOfHalves.Select(shift => shift + RowOrders.Bits * lanes * register)]);
            _il.Emit(OpCodes.Call, HalfMoves.AsShifts);
            _il.Emit(OpCodes.Call, HalfMoves.ShiftRight);
            EmitHalves(s_halves);
            _il.Emit(OpCodes.Call, HalfMoves.Or);
            _il.Emit(OpCodes.Stloc, places);
            EmitMovedHalves(first[lane], places);
            if (second is null)
                return;
            EmitMovedHalves(second[lane], places);
            // What is of the second register has a stream of four or more.
            _il.Emit(OpCodes.Ldloc, places);
            _il.Emit(OpCodes.Ldc_I4, 8 * sizeof(int) - RowOrders.Bits);
            _il.Emit(OpCodes.Call, HalfMoves.ShiftLeft);
            _il.Emit(OpCodes.Call, HalfMoves.AsNumbers);
            _il.Emit(OpCodes.Call, HalfMoves.Choose);
        });
        _writer.Free(first);
        _writer.Free(second ?? []);
    }

    private void EmitHalves(int[] halves)
    {
        foreach (var half in halves)
            _il.Emit(OpCodes.Ldc_I4, half);
        _il.Emit(OpCodes.Call, HalfMoves.Create);
    }

    private void EmitMovedHalves(LocalBuilder row, LocalBuilder places)
    {
        _il.Emit(OpCodes.Ldloc, row);
        _il.Emit(OpCodes.Call, HalfMoves.AsHalves);
        _il.Emit(OpCodes.Ldloc, places);
        _il.Emit(OpCodes.Call, HalfMoves.Move);
        _il.Emit(OpCodes.Call, HalfMoves.AsNumbers);
    }

    /// <summary>
    /// Through memory: rows in the order of the streams, which most are where others are at an edge, are copied from there register by register, and others number by number, as every one of them
    /// may be any.
    /// </summary>
    private void EmitPermutedNumbers(in StreamGroup group, LocalBuilder address, LocalBuilder[] columns)
    {
        EmitRowsToMemory(columns);
        for (var lane = 0; lane < _isa.Lanes; lane++)
        {
            var target = _writer.TakeAddress();
            EmitRowOfInstance(group, address, lane);
            _il.Emit(OpCodes.Stloc, target);
            var done = _il.DefineLabel();
            if (_isa.Shuffle is not null)
            {
                var isPermuted = _il.DefineLabel();
                for (var first = 0; first < columns.Length; first += Chunk.Lanes)
                {
                    EmitIntegerOfInstance(group, address, lane, RowOrders.PlaceOf(columns.Length, first / Chunk.Lanes));
                    _il.Emit(OpCodes.Ldc_I4, RowOrders.Straight(columns.Length, first / Chunk.Lanes));
                    _il.Emit(OpCodes.Bne_Un, isPermuted);
                }
                EmitRowFromMemory(target, lane, columns.Length);
                _il.Emit(OpCodes.Br, done);
                _il.MarkLabel(isPermuted);
            }
            for (var number = 0; number < columns.Length; number++)
            {
                _il.Emit(OpCodes.Ldloc, target);
                _writer.EmitOffset(sizeof(double) * number);
                _il.Emit(OpCodes.Ldloc, _rowsInMemory!);
                EmitIntegerOfInstance(group, address, lane, RowOrders.PlaceOf(group.Count, number / Chunk.Lanes));
                _il.Emit(OpCodes.Ldc_I4, RowOrders.Bits * (number % Chunk.Lanes));
                _il.Emit(OpCodes.Shr_Un);
                _il.Emit(OpCodes.Ldc_I4, (1 << RowOrders.Bits) - 1);
                _il.Emit(OpCodes.And);
                _writer.EmitScaled(BytesOfNumber);
                _il.Emit(OpCodes.Add);
                _writer.EmitOffset(BytesOfRow * lane);
                _il.Emit(OpCodes.Ldind_R8);
                _il.Emit(OpCodes.Stind_R8);
            }
            _il.MarkLabel(done);
            _writer.FreeAddress(target);
        }
    }

    /// <summary>Columns as rows in memory; what is behind a row does not count.</summary>
    private void EmitRowsToMemory(LocalBuilder[] columns)
    {
        if (_isa.Shuffle is null)
        {
            for (var k = 0; k < columns.Length; k++)
            {
                EmitAddressInMemory(BytesOfNumber * k);
                _il.Emit(OpCodes.Ldloc, columns[k]);
                _writer.EmitStoreVector();
            }
            return;
        }
        for (int first = 0, width; first < columns.Length; first += width)
        {
            width = Math.Min(_isa.Lanes, columns.Length - first);
            var rows = Transposition.Rows(_writer, width == 1 ? [columns[first], columns[first]] : columns[first..(first + width)]);
            for (var lane = 0; lane < _isa.Lanes; lane++)
            {
                EmitAddressInMemory(BytesOfRow * lane + sizeof(double) * first);
                if (rows.Length < _isa.Lanes)
                {
                    EmitPair(rows[lane % 2], lane / 2);
                    _il.Emit(OpCodes.Unaligned, (byte)1);
                    _il.Emit(OpCodes.Stobj, VectorIsa.Narrow.Type);
                }
                else
                {
                    _il.Emit(OpCodes.Ldloc, rows[lane]);
                    _writer.EmitStoreVector();
                }
            }
            _writer.Free(rows);
        }
    }

    /// <summary>Copies a row from memory in the parts that it was stored in, which a processor has at hand before they are in its cache.</summary>
    private void EmitRowFromMemory(LocalBuilder target, int lane, int count)
    {
        for (int number = 0, width; number < count; number += width)
        {
            width = count - number >= _isa.Lanes ? _isa.Lanes : count - number >= VectorIsa.Narrow.Lanes ? VectorIsa.Narrow.Lanes : 1;
            var type = width == 1 ? typeof(double) : VectorIsa.Of(width).Type;
            _il.Emit(OpCodes.Ldloc, target);
            _writer.EmitOffset(sizeof(double) * number);
            EmitAddressInMemory(BytesOfRow * lane + sizeof(double) * number);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Ldobj, type);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(OpCodes.Stobj, type);
        }
    }

    private void EmitAddressInMemory(int offset)
    {
        _il.Emit(OpCodes.Ldloc, _rowsInMemory!);
        _writer.EmitOffset(offset);
    }

    /// <summary>Pushes the address where the row of an instance begins.</summary>
    private void EmitRowOfInstance(in StreamGroup group, LocalBuilder address, int lane)
    {
        _il.Emit(OpCodes.Ldloc, _addresses.Target(group));
        EmitIntegerOfInstance(group, address, lane, 0);
        _writer.EmitScaled(sizeof(double));
        _il.Emit(OpCodes.Add);
    }

    private void EmitIntegerOfInstance(in StreamGroup group, LocalBuilder address, int lane, int place)
    {
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(sizeof(int) * (RowOrders.IntegersOf(group.Count) * lane + place));
        _il.Emit(place == 0 ? OpCodes.Ldind_I4 : OpCodes.Ldind_U4);
    }
}
