using System.Reflection.Emit;

namespace HybridAD.Execution.Kernels;

internal sealed partial class VectorEmitter
{
    /// <summary>Instructions to turn a square of columns into rows: of four columns or less, and of eight.</summary>
    private const int NarrowSquare = 8;

    private const int WideSquare = 24;

    /// <summary>
    /// Whether the rows of a run lie one behind the other, so that registers can be filled number by number and stored as a whole, and whether that takes less than turning columns
    /// into rows: literals cost nothing, and a number that stands in several places of a row is moved once.
    /// </summary>
    private bool IsContiguous(in StreamGroup group)
    {
        if (_isa.Lanes != 8 || _isa.Shuffle?.Permute is null || group.Count < 2
            || group.Shape is not { Store: StoreKind.Assign, Addressing: not Addressing.Indexed } || group.Shape.Stride != group.Count)
            return false;
        var contiguous = group.Count;
        for (var register = 0; register < group.Count; register++)
            contiguous += PermutesOf(group, register);
        return contiguous <= InstructionsOfRows(group.Count);
    }

    /// <summary>What turning columns into rows and storing them takes, eight columns at a time.</summary>
    private static int InstructionsOfRows(int count)
    {
        var instructions = 0;
        for (; count > 0; count -= Line)
            instructions += Math.Min(count, Line) switch { > 4 => WideSquare + 8, > 2 => NarrowSquare + 12, _ => 16 };
        return instructions;
    }

    /// <summary>The permutations that fill a register of the rows: each brings the lanes of one column to those that are there.</summary>
    private int PermutesOf(in StreamGroup group, int register)
    {
        var columns = ColumnsOf(group, register, out var hasLiterals);
        return columns.Count == 0 ? 0 : hasLiterals ? columns.Count : Math.Max(1, columns.Count - 1);
    }

    /// <summary>The steps other than literals whose lanes stand in a register of the rows.</summary>
    private List<int> ColumnsOf(in StreamGroup group, int register, out bool hasLiterals)
    {
        hasLiterals = false;
        var columns = new List<int>();
        for (var lane = 0; lane < _isa.Lanes; lane++)
        {
            var step = StepAt(group, register, lane);
            if (_code.Steps[step].Kind == StepKind.Literal)
                hasLiterals = true;
            else if (!columns.Contains(step))
                columns.Add(step);
        }
        return columns;
    }

    private int StepAt(in StreamGroup group, int register, int lane) => _code.Stores[group.First + (register * _isa.Lanes + lane) % group.Count];

    /// <summary>Stores rows that lie one behind the other, register by register.</summary>
    private void EmitContiguous(in StreamGroup group, int g)
    {
        var columns = new Dictionary<int, LocalBuilder>();
        for (var k = 0; k < group.Count; k++)
        {
            var step = _code.Stores[group.First + k];
            if (_code.Steps[step].Kind == StepKind.Literal)
                continue;
            EmitValue(step);
            var column = _writer.PopVector();
            if (!columns.TryAdd(step, column))
                _writer.Free(column);
        }
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        EmitPrefetches(group, g, address);
        for (var register = 0; register < group.Count; register++)
        {
            _il.Emit(OpCodes.Ldloc, address);
            _writer.EmitOffset(sizeof(double) * _isa.Lanes * (long)register);
            EmitRegisterOfRows(group, register, columns);
            _writer.EmitStoreVector();
        }
        foreach (var column in columns.Values)
            _writer.Free(column);
        _writer.FreeAddress(address);
    }

    /// <summary>Pushes a register of the rows.</summary>
    private void EmitRegisterOfRows(in StreamGroup group, int register, Dictionary<int, LocalBuilder> columns)
    {
        var steps = ColumnsOf(group, register, out var hasLiterals);
        var placed = 0;
        if (hasLiterals || steps.Count == 0)
        {
            for (var lane = 0; lane < _isa.Lanes; lane++)
            {
                ref readonly var step = ref _code.Steps[StepAt(group, register, lane)];
                _il.Emit(OpCodes.Ldc_R8, step.Kind == StepKind.Literal ? step.Number : 0);
            }
            _il.Emit(OpCodes.Call, _isa.Create);
        }
        else
        {
            // The lanes of the first column are moved to their places together with those of the second.
            _il.Emit(OpCodes.Ldloc, columns[steps[0]]);
            var second = steps[Math.Min(1, steps.Count - 1)];
            EmitLanesOfRows(group, register, step => step == second ? 8 : step == steps[0] ? 0 : null, movesOthers: true);
            _il.Emit(OpCodes.Ldloc, columns[second]);
            _il.Emit(OpCodes.Call, _isa.Shuffle!.Permute!);
            placed = 2;
        }
        for (; placed < steps.Count; placed++)
        {
            var column = steps[placed];
            EmitLanesOfRows(group, register, step => step == column ? 8 : null, movesOthers: false);
            _il.Emit(OpCodes.Ldloc, columns[column]);
            _il.Emit(OpCodes.Call, _isa.Shuffle!.Permute!);
        }
    }

    /// <summary>
    /// Pushes the lanes of two registers that a register of the rows is made of: that of the row where a column is one of the two, at its beginning among their lanes; where it is not, what
    /// stands in the first already stays, or anything may.
    /// </summary>
    private void EmitLanesOfRows(in StreamGroup group, int register, Func<int, int?> beginning, bool movesOthers)
    {
        var indices = new long[_isa.Lanes];
        for (var lane = 0; lane < indices.Length; lane++)
        {
            var row = (register * _isa.Lanes + lane) / group.Count;
            indices[lane] = beginning(StepAt(group, register, lane)) is { } first ? first + row : movesOthers ? 0 : lane;
        }
        _writer.EmitIndices(indices);
    }
}
