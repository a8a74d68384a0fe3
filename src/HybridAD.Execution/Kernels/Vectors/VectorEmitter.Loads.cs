using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    // Lanes of two registers, counted on from the first to the second.
    private static readonly long[] FirstTwice = [0, 8, 1, 9, 2, 10, 3, 11];
    private static readonly long[] LastTwice = [4, 12, 5, 13, 6, 14, 7, 15];
    // The second register begins with element 7 of what is strided.
    private static readonly long[] EvensOverlapping = [0, 2, 4, 6, 9, 11, 13, 15];

    /// <summary>Longer rows take fewer shuffles if they are loaded row by row.</summary>
    private const int LongestContiguousLoad = 3;

    private int[]? _loadSteps;
    private int[]? _loadGroups;

    /// <summary>Pushes the number of a load stream; a run is loaded as a whole, into local variables of the steps that need it.</summary>
    private void EmitLoad(int stream)
    {
        if (_loadGroups is null)
            FindLoads();
        var g = _loadGroups![stream];
        ref readonly var group = ref _loads[g];
        var shape = group.Shape;
        if (shape.Addressing == Addressing.Split)
        {
            EmitSplitLoad(group, g);
            return;
        }
        if (shape.Addressing != Addressing.Indexed && shape.Stride is 0 or 1)
        {
            _addresses.EmitGroupAddress(_addresses.Loads, g);
            _writer.EmitOffset(sizeof(double) * (stream - group.First));
            if (shape.Stride == 1)
                _writer.EmitLoadVector();
            else
            {
                _il.Emit(OpCodes.Ldind_R8);
                _il.Emit(OpCodes.Call, _isa.Broadcast);
            }
            return;
        }
        var address = _addresses.PopGroupAddress(_addresses.Loads, g);
        if (group.Count == 1)
        {
            if (_isa.Lanes == 8 && _isa.Shuffle is not null && shape is { Addressing: not Addressing.Indexed, Stride: 2 })
                EmitEvens(address);
            else
                EmitLanes(group, address, 0);
        }
        else
        {
            EmitRun(group, address);
            _il.Emit(OpCodes.Ldloc, _locals[_loadSteps![stream]]!);
        }
        _writer.FreeAddress(address);
    }

    private void FindLoads()
    {
        _loadSteps = new int[_code.LoadCount];
        Array.Fill(_loadSteps, -1);
        for (var k = 0; k < _uses.Length; k++)
            if (_uses[k] > 0 && _code.Steps[k].Kind == StepKind.Load)
                _loadSteps[_code.Steps[k].A] = k;
        _loadGroups = new int[_code.LoadCount];
        for (var g = 0; g < _loads.Length; g++)
            Array.Fill(_loadGroups, g, _loads[g].First, _loads[g].Count);
    }

    /// <summary>Every second number, without touching the one behind the last.</summary>
    private void EmitEvens(LocalBuilder address)
    {
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitLoadVector();
        _writer.EmitIndices(EvensOverlapping);
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(7 * sizeof(double));
        _writer.EmitLoadVector();
        _il.Emit(OpCodes.Call, _isa.Shuffle!.Permute!);
    }

    /// <summary>Lane by lane.</summary>
    private void EmitLanes(in StreamGroup group, LocalBuilder address, int stream)
    {
        for (var lane = 0; lane < _isa.Lanes; lane++)
        {
            _addresses.EmitLaneAddress(group, address, lane, stream);
            _il.Emit(OpCodes.Ldind_R8);
        }
        _il.Emit(OpCodes.Call, _isa.Create);
    }

    private void EmitRun(in StreamGroup group, LocalBuilder address)
    {
        if (_isa.Shuffle is null)
        {
            for (var k = 0; k < group.Count; k++)
            {
                EmitLanes(group, address, k);
                Keep(group, k, _writer.PopVector());
            }
            return;
        }
        if (_isa.Lanes == 8 && group.Shape.Addressing != Addressing.Indexed && group.Shape.Stride == group.Count && group.Count <= LongestContiguousLoad)
        {
            EmitContiguousRun(group, address);
            return;
        }
        if (ArePaired(group) && group.Count % 2 != 0)
        {
            EmitPairedLoads(group, address);
            return;
        }
        for (var k = 0; k < group.Count;)
        {
            // Less than eight by fours: parts of rows in the halves of registers take fewer shuffles, and no masks.
            var width = group.Count - k >= _isa.Lanes ? _isa.Lanes : Math.Min(4, group.Count - k);
            if (width == 1)
            {
                EmitLanes(group, address, k);
                Keep(group, k++, _writer.PopVector());
                continue;
            }
            // Three at the end of a row: with the number before them, which is known.
            var known = width == 3 && k > 0 ? 1 : 0;
            var columns = Transposition.Columns(_writer, LoadRows(group, address, k - known, width + known), width + known);
            _writer.Free(columns.AsSpan(0, known));
            for (var j = known; j < columns.Length; j++)
                Keep(group, k - known + j, columns[j]);
            k += width;
        }
    }

    /// <summary>Rows one behind the other, which are loaded register by register; the lanes of each column are brought together from all of these.</summary>
    private void EmitContiguousRun(in StreamGroup group, LocalBuilder address)
    {
        var (count, lanes) = (group.Count, _isa.Lanes);
        var registers = new LocalBuilder[count];
        for (var k = 0; k < count; k++)
            registers[k] = _writer.LoadAt(address, sizeof(double) * lanes * k);
        for (var column = 0; column < count; column++)
        {
            if (_loadSteps![group.First + column] < 0)
                continue;
            var result = registers[0];
            for (var from = 1; from < count; from++)
            {
                var indices = new long[lanes];
                for (var lane = 0; lane < lanes; lane++)
                {
                    var (register, at) = Math.DivRem(lane * count + column, lanes);
                    indices[lane] = register == from ? lanes + at : from == 1 ? at : lane;
                }
                var next = _writer.Permuted(result, indices, registers[from]);
                if (from > 1)
                    _writer.Free(result);
                result = next;
            }
            Keep(group, column, result);
        }
        _writer.Free(registers);
    }

    /// <summary>Whether a group is pairs without gaps, which two registers hold exactly.</summary>
    private bool IsInterleaved(in StreamGroup group) =>
        _isa.Lanes == 8 && _isa.Shuffle is not null && group is { Count: 2, Shape: { Addressing: not Addressing.Indexed, Stride: 2 } };

    private void Keep(in StreamGroup group, int k, LocalBuilder column)
    {
        var step = k < group.Count ? _loadSteps![group.First + k] : -1;
        if (step < 0 || _uses[step] == 0)
            _writer.Free(column);
        else
            Hold(step, column);
    }

    /// <summary>
    /// The rows of a run: for every lane <paramref name="width"/> numbers from a stream on. Rows of half a register or less are put together, those of
    /// one 128-bit part with the row a lane further, and those of two parts with the row half a register further.
    /// </summary>
    private LocalBuilder[] LoadRows(in StreamGroup group, LocalBuilder address, int first, int width)
    {
        var lanes = _isa.Lanes;
        if (width == 2 && lanes > 2)
        {
            // Even rows, odd rows.
            var pairs = new LocalBuilder[2];
            for (var odd = 0; odd < 2; odd++)
            {
                for (var lane = odd; lane < lanes; lane += 2)
                {
                    _addresses.EmitLaneAddress(group, address, lane, first);
                    _il.Emit(OpCodes.Unaligned, (byte)1);
                    _il.Emit(OpCodes.Ldobj, typeof(Vector128<double>));
                    if (lane % 4 < 2)
                        VectorIsa.Middle.Shuffle!.EmitLower(_il);
                    else
                        VectorIsa.Middle.Shuffle!.EmitUpper(_il);
                    if (lanes == 8 && lane / 2 == 1)
                        _isa.Shuffle!.EmitLower(_il);
                    else if (lane / 2 == 3)
                        _isa.Shuffle!.EmitUpper(_il);
                }
                pairs[odd] = _writer.PopVector();
            }
            return pairs;
        }
        var half = lanes == 8 && width <= 4;
        var rows = new LocalBuilder[half ? 4 : lanes];
        for (var lane = 0; lane < rows.Length; lane++)
        {
            EmitRow(group, address, lane, first, width, half);
            if (half)
            {
                _isa.Shuffle!.EmitLower(_il);
                EmitRow(group, address, lane + 4, first, width, half);
                _isa.Shuffle!.EmitUpper(_il);
            }
            rows[lane] = _writer.PopVector();
        }
        return rows;
    }

    private void EmitRow(in StreamGroup group, LocalBuilder address, int lane, int first, int width, bool half)
    {
        _addresses.EmitLaneAddress(group, address, lane, first);
        _writer.EmitLoadPart(width, half);
    }

    /// <summary>Sets the masks of whatever row widths the streams have, before the loop.</summary>
    private void EmitMasks()
    {
        if (_isa.Shuffle is null || _isa.Lanes == 2)
            return;
        var widths = new HashSet<int>();
        foreach (var group in _loads)
            if (group.Count == 3)
                widths.Add(3);
        if (StoresWholeRows)
            foreach (var group in _stores)
                if (group.Count % _isa.Lanes is > 2 and var width)
                    widths.Add(width);
        foreach (var width in widths)
        {
            var half = _isa.Lanes == 8 && width <= 4;
            if (width < (half ? VectorIsa.Middle : _isa).Lanes)
                _writer.EmitMask(width, half);
        }
    }
}
