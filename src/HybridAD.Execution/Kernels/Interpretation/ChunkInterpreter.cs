using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Interpretation;

/// <summary>
/// Runs a kernel without generating code: step by step, each over a batch of chunks, in registers in memory that are reused after their last use.
/// Its results are those of the compiled kernel, bit for bit where the code is not divided. Immutable.
/// </summary>
internal sealed class ChunkInterpreter
{
    private const int TileLength = Chunk.Batch * Chunk.Lanes;

    [ThreadStatic]
    private static double[]? _registers;

    private readonly Instruction[] _instructions;
    private readonly (int Register, double Number)[] _literals;
    private readonly StreamGroup[] _stores;
    private readonly int[] _storeRegisters;
    private readonly int _registerCount;
    private readonly int _reductionStart;
    private readonly int _lanes;

    /// <summary>Prepares a kernel.</summary>
    /// <param name="code">The code.</param>
    /// <param name="streams">The shapes of its loads, then of its stores.</param>
    /// <param name="options">How it is computed.</param>
    public ChunkInterpreter(KernelCode code, ReadOnlySpan<KernelStream> streams, KernelOptions options)
    {
        _lanes = options.LaneCount;
        _stores = StreamGroup.Of(streams, code.LoadCount, code.Stores.Length);
        var loads = LoadSources(StreamGroup.Of(streams, 0, code.LoadCount), code.LoadCount);
        var steps = code.Steps;
        var users = new int[steps.Length];
        foreach (var step in steps)
            foreach (var operand in Operands.Of(step))
                users[operand]++;
        foreach (var store in code.Stores)
            users[store]++;
        var registers = new int[steps.Length];
        var free = new Stack<int>();
        var literals = new List<(int, double)>();
        var instructions = new List<Instruction>(steps.Length);
        for (var k = 0; k < steps.Length; k++)
        {
            ref readonly var step = ref steps[k];
            if (step.Kind == StepKind.Literal)
            {
                registers[k] = _registerCount++;
                literals.Add((registers[k], step.Number));
                continue;
            }
            foreach (var operand in Operands.Of(step))
                if (--users[operand] == 0 && steps[operand].Kind != StepKind.Literal)
                    free.Push(registers[operand]);
            // An operand's register may become the result's: every operation reads a lane before it writes it.
            registers[k] = free.TryPop(out var register) ? register : _registerCount++;
            instructions.Add(step.Kind == StepKind.Load
                ? new(null, loads[step.A].Group, loads[step.A].Offset, -1, -1, registers[k])
                : new(TileOperation.Of(step, options), default, Of(step.A), Of(step.B), Of(step.C), registers[k]));
        }
        _instructions = [.. instructions];
        _literals = [.. literals];
        _storeRegisters = Array.ConvertAll(code.Stores.ToArray(), store => registers[store]);
        _reductionStart = _registerCount * TileLength;

        int Of(int operand) => operand < 0 ? 0 : registers[operand];
    }

    /// <summary>The kernel as a function.</summary>
    public void Run(ref double memory, ref readonly double point, ref double result, ref int streams, int firstChunk, int endChunk)
    {
        var length = _reductionStart + _storeRegisters.Length * Chunk.Lanes;
        var array = _registers;
        if (array is null || array.Length < length)
            _registers = array = new double[length];
        ref var registers = ref array[0];
        foreach (var (register, number) in _literals)
            array.AsSpan(register * TileLength, TileLength).Fill(number);
        array.AsSpan(_reductionStart, length - _reductionStart).Clear();
        while (firstChunk < endChunk)
        {
            // Batches begin at multiples of their size, whatever part of the instances a call computes.
            var end = Math.Min(endChunk, firstChunk - firstChunk % Chunk.Batch + Chunk.Batch);
            Compute(in memory, in point, ref streams, ref registers, firstChunk, end);
            for (var chunk = firstChunk; chunk < end; chunk++)
                for (var lane = 0; lane < Chunk.Lanes; lane += _lanes)
                    foreach (ref readonly var group in _stores.AsSpan())
                        Store(group, ref memory, ref result, ref streams, ref registers, chunk, lane, (chunk - firstChunk) * Chunk.Lanes + lane);
            firstChunk = end;
        }
        foreach (ref readonly var group in _stores.AsSpan())
            if (group.IsReduction)
                FinishReduction(group, ref group.Shape.Space == Space.Result ? ref result : ref memory, ref streams, ref registers);
    }

    private void Compute(ref readonly double memory, ref readonly double point, ref int streams, ref double registers, int firstChunk, int endChunk)
    {
        var count = (endChunk - firstChunk) * Chunk.Lanes;
        foreach (ref readonly var instruction in _instructions.AsSpan())
        {
            ref var target = ref Unsafe.Add(ref registers, instruction.Target * TileLength);
            if (instruction.Operation is { } operation)
                operation.Run(
                    ref Unsafe.Add(ref registers, instruction.A * TileLength), ref Unsafe.Add(ref registers, instruction.B * TileLength),
                    ref Unsafe.Add(ref registers, instruction.C * TileLength), ref target, count);
            else
                Load(instruction.Load, instruction.A, in instruction.Load.Shape.Space == Space.Point ? ref point : ref memory, ref streams, ref target, firstChunk, endChunk);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load(in StreamGroup group, int offset, ref readonly double source, ref int streams, ref double target, int firstChunk, int endChunk)
    {
        var shape = group.Shape;
        ref var data = ref Unsafe.Add(ref streams, Unsafe.Add(ref streams, group.DataIndex));
        ref var first = ref Unsafe.Add(ref Unsafe.AsRef(in source), offset);
        for (var chunk = firstChunk; chunk < endChunk; chunk++)
        {
            if (shape.Addressing == Addressing.Indexed)
            {
                ref var index = ref Unsafe.Add(ref data, Chunk.Lanes * chunk);
                for (var lane = 0; lane < Chunk.Lanes; lane++)
                    Unsafe.Add(ref target, lane) = Unsafe.Add(ref first, Unsafe.Add(ref index, lane));
            }
            else if (shape.Addressing == Addressing.Split)
            {
                for (var lane = 0; lane < Chunk.Lanes; lane++)
                    Unsafe.Add(ref target, lane) = Unsafe.Add(ref first, Positions.Of(shape, ref data, chunk, lane));
            }
            else
            {
                ref var number = ref Unsafe.Add(ref first, Positions.Of(shape, ref data, chunk, 0));
                for (var lane = 0; lane < Chunk.Lanes; lane++)
                    Unsafe.Add(ref target, lane) = Unsafe.Add(ref number, (nint)shape.Stride * lane);
            }
            target = ref Unsafe.Add(ref target, Chunk.Lanes);
        }
    }

    /// <summary>Stores as many lanes as a register has, in the order of the compiled kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(
        in StreamGroup group, ref double memory, ref double result, ref int streams, ref double registers, int chunk, int firstLane, int instance)
    {
        ref var target = ref group.Shape.Space == Space.Result ? ref result : ref memory;
        ref var data = ref Unsafe.Add(ref streams, Unsafe.Add(ref streams, group.DataIndex));
        if (group.Shape is { Store: StoreKind.Assign, HasPlaces: false })
        {
            ref var first = ref Unsafe.Add(ref target, Positions.Of(group.Shape, ref data, chunk, firstLane));
            var stride = (nint)group.Shape.Stride;
            for (var l = 0; l < _lanes; l++)
                for (var k = 0; k < group.Count; k++)
                    Unsafe.Add(ref first, stride * l + k) = Unsafe.Add(ref registers, _storeRegisters[group.First + k] * TileLength + instance + l);
            return;
        }
        if (group.AddsSums)
        {
            ref var first = ref Unsafe.Add(ref target, Positions.Of(group.Shape, ref data, chunk, firstLane));
            for (var k = 0; k < group.Count; k++)
                Unsafe.Add(ref first, k) += Folded(ref Unsafe.Add(ref registers, _storeRegisters[group.First + k] * TileLength + instance));
            return;
        }
        for (var l = 0; l < _lanes; l++)
        {
            var position = Positions.Of(group.Shape, ref data, chunk, firstLane + l);
            if (!Positions.Counts(group, ref data, chunk, firstLane + l, position))
                continue;
            var stored = Positions.Stored(group.Shape, ref data, chunk, firstLane + l);
            for (var k = 0; k < group.Count; k++)
            {
                // Runs that are not masked may be longer than an integer, whose bits repeat then.
                if ((stored >> k & 1) == 0)
                    continue;
                var stream = Positions.StreamAt(group.Shape, ref data, chunk, firstLane + l, k);
                var number = Unsafe.Add(ref registers, _storeRegisters[group.First + stream] * TileLength + instance + l);
                if (group.IsReduction)
                    Unsafe.Add(ref registers, _reductionStart + (group.First + k) * Chunk.Lanes + l) += number;
                else if (group.Shape.Store == StoreKind.Assign)
                    Unsafe.Add(ref target, position + k) = number;
                else
                    Unsafe.Add(ref target, position + k) += number;
            }
        }
    }

    /// <summary>The sum of the lanes of a register, which stay as they are: other stores may have the same.</summary>
    private double Folded(ref readonly double register)
    {
        Span<double> sums = stackalloc double[Chunk.Lanes];
        for (var l = 0; l < _lanes; l++)
            sums[l] = Unsafe.Add(ref Unsafe.AsRef(in register), l);
        Fold(ref sums[0]);
        return sums[0];
    }

    /// <summary>Adds up lanes in the first of them, halving their number, as registers are folded.</summary>
    private void Fold(ref double sums)
    {
        for (var half = _lanes / 2; half > 0; half /= 2)
            for (var l = 0; l < half; l++)
                Unsafe.Add(ref sums, l) += Unsafe.Add(ref sums, l + half);
    }

    /// <summary>Adds up the sums of the lanes.</summary>
    private void FinishReduction(in StreamGroup group, ref double target, ref int streams, ref double registers)
    {
        var position = Unsafe.Add(ref streams, Unsafe.Add(ref streams, group.DataIndex));
        for (var k = 0; k < group.Count; k++)
        {
            ref var sums = ref Unsafe.Add(ref registers, _reductionStart + (group.First + k) * Chunk.Lanes);
            Fold(ref sums);
            Unsafe.Add(ref target, position + k) += sums;
        }
    }

    private static (StreamGroup Group, int Offset)[] LoadSources(StreamGroup[] groups, int count)
    {
        var sources = new (StreamGroup, int)[count];
        foreach (var group in groups)
            for (var k = 0; k < group.Count; k++)
                sources[group.First + k] = (group, k);
        return sources;
    }

    /// <summary>An operation, or a load where there is none and A is the offset in its run.</summary>
    private readonly record struct Instruction(TileOperation? Operation, StreamGroup Load, int A, int B, int C, int Target);
}
