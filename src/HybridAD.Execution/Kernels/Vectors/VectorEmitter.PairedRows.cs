using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

/// <summary>
/// Rows of four instances that lie one behind the other and are not whole registers, pair by pair: with n numbers in a row, the first two rows are n pairs of neighbours, and the last two
/// rows the same pairs of the other columns' halves. A register with one pair in its lower half and the other in its upper one is a shuffle of two columns, and what lies in memory
/// a shuffle of two such registers: 2·n of them and n stores, where parts of every row take one store each.
/// </summary>
internal sealed partial class VectorEmitter
{
    /// <summary>Longer rows would take more registers than there are.</summary>
    private const int LongestPaired = 7;

    // Halves of two registers: the lower or the upper one of each.
    private const int LowerHalves = 0x20;
    private const int UpperHalves = 0x31;
    private const int LowerThenUpper = 0x30;

    private bool ArePaired(in StreamGroup group) =>
        _isa.Lanes == VectorIsa.Middle.Lanes && _isa.Shuffle?.Neighbours is not null && group.Count is > 1 and <= LongestPaired && group.Count != _isa.Lanes
        && group.Shape.Addressing != Addressing.Indexed && group.Shape.Stride == group.Count;

    /// <summary>Stores rows, register by register.</summary>
    private void EmitPairedStores(in StreamGroup group, int g)
    {
        var rows = _code.Stores.Slice(group.First, group.Count).ToArray();
        var columns = new Dictionary<int, LocalBuilder>();
        foreach (var step in rows)
        {
            if (IsLiteral(step))
                continue;
            EmitValue(step);
            var column = _writer.PopVector();
            if (!columns.TryAdd(step, column))
                _writer.Free(column);
        }
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        EmitPrefetches(group, g, address);
        var pairs = new LocalBuilder?[rows.Length];
        for (var last = 0; last < rows.Length; last++)
        {
            pairs[last] = PopPair(rows, last, columns);
            // What is ready: its halves need not be kept until everything before it is stored.
            for (var register = 0; register < rows.Length; register++)
                if (Math.Max(2 * register % rows.Length, (2 * register + 1) % rows.Length) == last)
                    EmitPairedRegister(rows, register, pairs, address);
        }
        foreach (var local in pairs.Concat(columns.Values))
            if (local is not null)
                _writer.Free(local);
        _writer.FreeAddress(address);
    }

    /// <summary>Brings a pair of neighbours together; null if both are literals.</summary>
    private LocalBuilder? PopPair(int[] rows, int pair, Dictionary<int, LocalBuilder> columns)
    {
        var (first, second) = (rows[2 * pair % rows.Length], rows[(2 * pair + 1) % rows.Length]);
        if (IsLiteral(first) && IsLiteral(second))
            return null;
        EmitColumn(first, columns);
        EmitColumn(second, columns);
        _writer.EmitNeighbours(2 * pair >= rows.Length, 2 * pair + 1 >= rows.Length);
        return _writer.PopVector();
    }

    private void EmitColumn(int step, Dictionary<int, LocalBuilder> columns)
    {
        if (columns.TryGetValue(step, out var column))
            _il.Emit(OpCodes.Ldloc, column);
        else
            EmitNumber(_code.Steps[step].Number);
    }

    /// <summary>Stores one of the registers that the rows are in memory.</summary>
    private void EmitPairedRegister(int[] rows, int register, LocalBuilder?[] pairs, LocalBuilder address)
    {
        _il.Emit(OpCodes.Ldloc, address);
        _writer.EmitOffset(sizeof(double) * _isa.Lanes * register);
        var (first, second) = (2 * register, 2 * register + 1);
        var (lower, upper) = (first % rows.Length, second % rows.Length);
        if (pairs[lower] is null && pairs[upper] is null)
            _writer.EmitNumbers([.. LiteralsOfPair(rows, lower), .. LiteralsOfPair(rows, upper)]);
        else
        {
            EmitPairOfRows(rows, lower, pairs);
            EmitPairOfRows(rows, upper, pairs);
            _writer.EmitParts(first >= rows.Length ? UpperHalves : second >= rows.Length ? LowerThenUpper : LowerHalves);
        }
        _writer.EmitStoreVector();
    }

    private void EmitPairOfRows(int[] rows, int pair, LocalBuilder?[] pairs)
    {
        if (pairs[pair] is { } local)
            _il.Emit(OpCodes.Ldloc, local);
        else
            _writer.EmitNumbers([.. LiteralsOfPair(rows, pair), .. LiteralsOfPair(rows, pair)]);
    }

    private double[] LiteralsOfPair(int[] rows, int pair) => [_code.Steps[rows[2 * pair % rows.Length]].Number, _code.Steps[rows[(2 * pair + 1) % rows.Length]].Number];

    /// <summary>Loads rows as pairs of the first two rows beside those of the last two; a column is a shuffle of two of these.</summary>
    private void EmitPairedLoads(in StreamGroup group, LocalBuilder address)
    {
        var count = group.Count;
        var pairs = new LocalBuilder[count];
        for (var pair = 0; pair < count; pair++)
        {
            for (var half = 0; half < 2; half++)
            {
                _il.Emit(OpCodes.Ldloc, address);
                _writer.EmitOffset(sizeof(double) * 2 * (pair + half * count));
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(OpCodes.Ldobj, VectorIsa.Narrow.Type);
                if (half == 0)
                    _isa.Shuffle!.EmitLower(_il);
                else
                    _isa.Shuffle!.EmitUpper(_il);
            }
            pairs[pair] = _writer.PopVector();
        }
        for (var column = 0; column < count; column++)
        {
            if (_loadSteps![group.First + column] < 0)
                continue;
            _il.Emit(OpCodes.Ldloc, pairs[column / 2]);
            _il.Emit(OpCodes.Ldloc, pairs[(count + column) / 2]);
            _writer.EmitNeighbours(column % 2 != 0, (count + column) % 2 != 0);
            Keep(group, column, _writer.PopVector());
        }
        _writer.Free(pairs);
    }
}
