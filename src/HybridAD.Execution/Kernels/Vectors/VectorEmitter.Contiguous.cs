using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Vectors;

internal sealed partial class VectorEmitter
{
    /// <summary>Instructions to turn a square of columns into rows: of four columns or less, and of eight.</summary>
    private const int NarrowSquare = 8;

    private const int WideSquare = 24;

    /// <summary>
    /// The rows of a run that lie one behind the other, so that registers can be filled number by number and stored as a whole, if that takes less than turning columns
    /// into rows: literals cost nothing, and a number that stands in several places of a row is moved once.
    /// </summary>
    private ContiguousRows? Contiguous(in StreamGroup group)
    {
        if (_isa.Lanes != 8 || _isa.Shuffle?.Permute is null || group.Count < 2
            || group.Shape is not { Store: StoreKind.Assign, Addressing: not Addressing.Indexed } || group.Shape.Stride != group.Count)
            return null;
        var rows = ContiguousRows.Of(_code.Stores.Slice(group.First, group.Count).ToArray(), IsLiteral);
        return group.Count + rows.Permutes <= InstructionsOfRows(group.Count) ? rows : null;
    }

    private bool IsLiteral(int step) => _code.Steps[step].Kind == StepKind.Literal;

    /// <summary>What turning columns into rows and storing them takes, eight columns at a time.</summary>
    private static int InstructionsOfRows(int count)
    {
        var instructions = 0;
        for (; count > 0; count -= Line)
            instructions += Math.Min(count, Line) switch { > 4 => WideSquare + 8, > 2 => NarrowSquare + 12, _ => 16 };
        return instructions;
    }

    /// <summary>Stores rows that lie one behind the other, register by register.</summary>
    private void EmitContiguous(in StreamGroup group, int g, ContiguousRows rows)
    {
        var sources = PopColumns(group, rows);
        var address = _addresses.PopGroupAddress(_addresses.Stores, g);
        EmitPrefetches(group, g, address);
        for (var register = 0; register < group.Count; register++)
        {
            foreach (var source in rows.SourcesOf(register, out _))
                EmitSource(rows, source, sources);
            _il.Emit(OpCodes.Ldloc, address);
            _writer.EmitOffset(sizeof(double) * _isa.Lanes * (long)register);
            EmitRegisterOfRows(rows, register, sources);
            _writer.EmitStoreVector();
        }
        foreach (var source in sources)
            if (source is not null)
                _writer.Free(source);
        _writer.FreeAddress(address);
    }

    /// <summary>The columns that rows are filled from, in local variables that are to be given back.</summary>
    private LocalBuilder?[] PopColumns(in StreamGroup group, ContiguousRows rows)
    {
        var columns = new LocalBuilder?[rows.Sources.Count];
        foreach (var step in _code.Stores.Slice(group.First, group.Count))
        {
            if (IsLiteral(step))
                continue;
            EmitValue(step);
            var column = _writer.PopVector();
            var source = 0;
            while (rows.Sources[source] != RowSource.Column(step))
                source++;
            if (columns[source] is null)
                columns[source] = column;
            else
                _writer.Free(column);
        }
        return columns;
    }

    /// <summary>Brings together what a source is made of, if this has not been done.</summary>
    private void EmitSource(ContiguousRows rows, int number, LocalBuilder?[] sources)
    {
        if (sources[number] is not null)
            return;
        var source = rows.Sources[number];
        EmitSource(rows, source.First, sources);
        EmitSource(rows, source.Second, sources);
        sources[number] = _writer.Permuted(sources[source.First]!, source.Indices(), sources[source.Second]!);
    }

    /// <summary>Pushes a register of the rows.</summary>
    private void EmitRegisterOfRows(ContiguousRows rows, int register, LocalBuilder?[] sources)
    {
        if (rows.IsSource(register))
        {
            _il.Emit(OpCodes.Ldloc, sources[rows.At(register, 0).Source]!);
            return;
        }
        var numbers = rows.SourcesOf(register, out var hasLiterals);
        var placed = 0;
        if (hasLiterals)
            _writer.EmitNumbers(LiteralsOfRows(rows, register));
        else
        {
            // The lanes of the first source are moved to their places together with those of the second.
            _il.Emit(OpCodes.Ldloc, sources[numbers[0]]!);
            var second = numbers[Math.Min(1, numbers.Count - 1)];
            EmitLanesOfRows(rows, register, source => source == second ? 8 : source == numbers[0] ? 0 : null, movesOthers: true);
            _il.Emit(OpCodes.Ldloc, sources[second]!);
            _il.Emit(OpCodes.Call, _isa.Shuffle!.Permute!);
            placed = 2;
        }
        for (; placed < numbers.Count; placed++)
        {
            var number = numbers[placed];
            EmitLanesOfRows(rows, register, source => source == number ? 8 : null, movesOthers: false);
            _il.Emit(OpCodes.Ldloc, sources[number]!);
            _il.Emit(OpCodes.Call, _isa.Shuffle!.Permute!);
        }
    }

    /// <summary>The literals of a register of the rows. Where another number goes, the literal before it stands, so that rows with one literal have one such register.</summary>
    private double[] LiteralsOfRows(ContiguousRows rows, int register)
    {
        var numbers = new double[_isa.Lanes];
        for (var turn = 0; turn < 2 * numbers.Length; turn++)
        {
            var lane = turn % numbers.Length;
            var step = _code.Steps[rows.StepAt(register, lane)];
            numbers[lane] = step.Kind == StepKind.Literal ? step.Number : numbers[(lane + numbers.Length - 1) % numbers.Length];
        }
        return numbers;
    }

    /// <summary>
    /// Pushes the lanes of two registers that a register of the rows is made of: those of a source that is one of the two, at its beginning among their lanes; where it is not, what
    /// stands in the first already stays, or anything may.
    /// </summary>
    private void EmitLanesOfRows(ContiguousRows rows, int register, Func<int, int?> beginning, bool movesOthers)
    {
        var indices = new long[_isa.Lanes];
        for (var lane = 0; lane < indices.Length; lane++)
        {
            var (source, at) = rows.At(register, lane);
            indices[lane] = source >= 0 && beginning(source) is { } first ? first + at : movesOthers ? 0 : lane;
        }
        _writer.EmitIndices(indices);
    }
}
