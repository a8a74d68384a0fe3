using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

/// <summary>Columns that are stored together, lane by lane.</summary>
/// <param name="groups">Their groups, in the order in which they are to be stored.</param>
internal sealed class ColumnRows(int[] groups)
{
    private readonly Dictionary<int, LocalBuilder> _values = [];

    /// <summary>Their groups, in the order in which they are to be stored.</summary>
    public int[] Groups => groups;

    /// <summary>Keeps what one of them stores, and says whether all are there.</summary>
    public bool Keep(int group, LocalBuilder value)
    {
        _values.Add(group, value);
        return _values.Count == groups.Length;
    }

    /// <summary>What one of them stores.</summary>
    public LocalBuilder Value(int group) => _values[group];
}

internal sealed partial class VectorEmitter
{
    /// <summary>More columns would need more addresses than there are registers.</summary>
    private const int MostColumnsTogether = 6;

    private readonly Dictionary<int, ColumnRows> _columnRows = [];

    /// <summary>
    /// Finds columns that are stored number by number, as the entries of a row that depend on the point are where the others are constants: row by row, neighbours in a row go to one line of the cache
    /// while it is there. Column by column, every line would be stored to again and again.
    /// </summary>
    private void FindColumnRows()
    {
        if (_spills || _isa.Shuffle is null)
            return;
        var columns = new List<int>();
        foreach (var e in _segment.Events)
        {
            if (e >= 0)
                continue;
            ref readonly var group = ref _stores[~e];
            var goesOn = IsColumn(group) && columns.Count is > 0 and < MostColumnsTogether && _stores[columns[0]].Shape is var first
                && (first.Addressing == Addressing.Indexed) == (group.Shape.Addressing == Addressing.Indexed) && first.Stride == group.Shape.Stride;
            // What replaces has a place of its own, and may be stored later than something else, but nothing is added to what it replaces meanwhile.
            if (!goesOn && (IsColumn(group) || (group.Shape.Store == StoreKind.Accumulate && !group.IsReduction)))
                EndColumns(columns);
            if (IsColumn(group))
                columns.Add(~e);
        }
        EndColumns(columns);
    }

    private void EndColumns(List<int> columns)
    {
        if (columns.Count > 1)
        {
            var rows = new ColumnRows([.. columns.Order()]);
            foreach (var column in columns)
                _columnRows.Add(column, rows);
        }
        columns.Clear();
    }

    private static bool IsColumn(in StreamGroup group) => group is { Count: 1, Shape.Store: StoreKind.Assign } && group.Shape switch
    {
        { Addressing: Addressing.Masked or Addressing.Permuted or Addressing.Split } => false,
        { Addressing: Addressing.Indexed } shape => shape.IsComplete,
        { Stride: var stride } => Math.Abs(stride) > 1,
    };

    /// <summary>Keeps a column, and stores all when the last one is there.</summary>
    private void EmitColumnOfRows(ColumnRows rows, int g)
    {
        if (!rows.Keep(g, PopStored(_stores[g], 0)))
            return;
        var addresses = new LocalBuilder[rows.Groups.Length];
        for (var k = 0; k < addresses.Length; k++)
        {
            addresses[k] = _addresses.PopGroupAddress(_addresses.Stores, rows.Groups[k]);
            EmitPrefetches(_stores[rows.Groups[k]], rows.Groups[k], addresses[k]);
        }
        var pairs = new LocalBuilder[addresses.Length];
        for (var k = 0; k < pairs.Length; k++)
            pairs[k] = _il.DeclareLocal(VectorIsa.Narrow.Type);
        for (var part = 0; part < _isa.Lanes / 2; part++)
        {
            for (var k = 0; k < pairs.Length; k++)
            {
                EmitPair(rows.Value(rows.Groups[k]), part);
                _il.Emit(OpCodes.Stloc, pairs[k]);
            }
            for (var odd = 0; odd < 2; odd++)
                for (var k = 0; k < pairs.Length; k++)
                    EmitHalfStore(_stores[rows.Groups[k]], addresses[k], 2 * part + odd, 0, pairs[k]);
        }
        foreach (var group in rows.Groups)
            _writer.Free(rows.Value(group));
        foreach (var address in addresses)
            _writer.FreeAddress(address);
    }

    /// <summary>Pushes two neighbouring lanes.</summary>
    private void EmitPair(LocalBuilder value, int part)
    {
        _il.Emit(OpCodes.Ldloc, value);
        if (_isa.Lanes > 2)
            EmitPart(part, VectorIsa.Narrow);
    }

    /// <summary>Stores the lower or the upper one of two neighbouring lanes.</summary>
    private void EmitHalfStore(in StreamGroup group, LocalBuilder address, int lane, int stream, LocalBuilder pair)
    {
        var skip = EmitTarget(group, address, lane, stream, out var target);
        _il.Emit(OpCodes.Ldloc, target);
        _il.Emit(OpCodes.Ldloc, pair);
        _il.Emit(OpCodes.Call, lane % 2 == 0 ? Shuffles.StoreLow : Shuffles.StoreHigh);
        EndTarget(skip, target);
    }
}
