using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Gradients;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Plans;
using HybridAD.Rolling;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// One function at many points: the whole function is a kernel whose instances are the points. What is computed at a point does not depend on the points
/// beside it. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
internal sealed class PointKernel
{
    /// <summary>The most points that are computed in one call: those that a divided kernel takes together.</summary>
    public const int BlockSize = Chunk.Batch * Chunk.Lanes;

    /// <summary>Steps of the longest code: each takes some ten microseconds to compile.</summary>
    public const int LargestCode = FunctionBlocks.LargestStraightLine;

    /// <summary>Numbers of points and results that stay in the nearest cache, where those points are that are computed again.</summary>
    private const int CachedNumbers = 3072;

    private readonly ChunkKernel? _kernel;
    private readonly int[] _streams;
    private readonly Guard[] _guards;
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly int _entryCount;

    // The result is one span: outputs that come with entries are copied.
    private readonly bool _areOutputsInMemory;

    private PointKernel(PointCode code, KernelFactory factory)
    {
        (_kernel, _streams) = code.Build(factory);
        _areOutputsInMemory = code.AreOutputsInMemory;
        (_inputCount, _outputCount, _entryCount, _guards) = (code.InputCount, code.OutputCount, code.EntryCount, code.Guards);
    }

    /// <summary>Points that are best computed in one call.</summary>
    public int PointsTogether => Math.Clamp(CachedNumbers / (_inputCount + _outputCount + _entryCount + 1) / Chunk.Lanes, 2, Chunk.Batch) * Chunk.Lanes;

    private int AlarmPosition => BlockSize * (_guards.Length + _outputCount);

    /// <summary>Numbers of scratch memory: guards and outputs of a block, the alarm, and a chunk of points and of results for the last points.</summary>
    public int ScratchLength => BlockSize * (_guards.Length + _outputCount) + Chunk.Lanes * (_inputCount + _outputCount + _entryCount) + 1;

    /// <summary>Whether a function is short enough, and has only operations with a kernel.</summary>
    public static bool CanHave(Trace trace) => trace.OperationCount <= LargestCode && FunctionBlocks.HasSteps(trace);

    /// <summary>The outputs.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="withGuards">Whether points where a guard does not hold are told.</param>
    /// <param name="factory">Makes the kernel runnable.</param>
    /// <returns>Null where the function is too long, or has operations without a kernel.</returns>
    public static PointKernel? OfValues(Trace trace, bool withGuards, KernelFactory factory)
    {
        if (!CanHave(trace))
            return null;
        var code = new PointCode(trace, exactValues: true);
        code.StoreGuards(withGuards);
        code.StoreOutputs(Space.Result);
        return new PointKernel(code, factory);
    }

    /// <summary>The nonzeros of the Jacobian, and the outputs if they are wanted too.</summary>
    /// <param name="trace">The function, which can have a kernel.</param>
    /// <param name="pattern">The pattern, which contains every structural nonzero.</param>
    /// <param name="order">In which order the function is differentiated.</param>
    /// <param name="withValues">Whether the outputs are wanted.</param>
    /// <param name="withGuards">Whether points where a guard does not hold are told.</param>
    /// <param name="factory">Makes the kernel runnable.</param>
    /// <returns>Null where derivatives are too long.</returns>
    public static PointKernel? OfJacobian(Trace trace, SparsityPattern pattern, JacobianStrategy order, bool withValues, bool withGuards, KernelFactory factory)
    {
        var derivatives = KernelDerivatives.Of(trace, trace.InputCount, order);
        if (derivatives.InstructionCount + (long)trace.OperationCount > LargestCode)
            return null;
        // Values and guards keep the roundings of scalar evaluation; where neither is asked for, products may be fused.
        var code = new PointCode(trace, exactValues: withValues || (withGuards && !trace.Guards.IsEmpty));
        code.StoreGuards(withGuards);
        if (withValues)
            code.StoreOutputs(Space.Memory);
        code.StoreEntries(derivatives, pattern);
        return new PointKernel(code, factory);
    }

    /// <summary>
    /// Computes up to <see cref="BlockSize"/> points; returns how many of them have to be computed again in another way, because a guard does not hold
    /// or an entry is not finite, and which.
    /// </summary>
    /// <param name="points">The points, row by row.</param>
    /// <param name="y">Receives the outputs, row by row, if the kernel computes them.</param>
    /// <param name="entries">Receives the entries, row by row, if the kernel computes them.</param>
    /// <param name="count">Number of points.</param>
    /// <param name="scratch">Scratch memory of <see cref="ScratchLength"/> numbers.</param>
    /// <param name="doubtful">Receives the numbers of the points to be computed again, increasing.</param>
    public int Run(ReadOnlySpan<double> points, Span<double> y, Span<double> entries, int count, Span<double> scratch, Span<int> doubtful)
    {
        var whole = count - count % Chunk.Lanes;
        var found = whole == 0 ? 0 : RunWhole(points, y, entries, whole, scratch, doubtful);
        if (whole == count)
            return found;
        // The last points are computed with copies of the very last, so that they are a chunk.
        var spare = scratch[(BlockSize * (_guards.Length + _outputCount) + 1)..];
        var lastPoints = spare[..(Chunk.Lanes * _inputCount)];
        var lastY = spare.Slice(lastPoints.Length, Chunk.Lanes * _outputCount);
        var lastEntries = spare.Slice(lastPoints.Length + lastY.Length, Chunk.Lanes * _entryCount);
        for (var lane = 0; lane < Chunk.Lanes; lane++)
            points.Slice(Math.Min(whole + lane, count - 1) * _inputCount, _inputCount).CopyTo(lastPoints[(lane * _inputCount)..]);
        Span<int> lanes = stackalloc int[Chunk.Lanes];
        var foundHere = RunWhole(lastPoints, lastY, lastEntries, Chunk.Lanes, scratch, lanes);
        lastY[..((count - whole) * _outputCount)].CopyTo(y[(whole * _outputCount)..]);
        lastEntries[..((count - whole) * _entryCount)].CopyTo(entries[(whole * _entryCount)..]);
        foreach (var lane in lanes[..foundHere])
            if (whole + lane < count)
                doubtful[found++] = whole + lane;
        return found;
    }

    private int RunWhole(ReadOnlySpan<double> points, Span<double> y, Span<double> entries, int count, Span<double> memory, Span<int> doubtful)
    {
        var result = _entryCount > 0 ? entries : y;
        memory[AlarmPosition] = 0;
        _kernel?.Invoke(
            ref MemoryMarshal.GetReference(memory),
            in MemoryMarshal.GetReference(points),
            ref MemoryMarshal.GetReference(result), ref _streams[0], 0, count / Chunk.Lanes);
        if (_areOutputsInMemory)
            memory.Slice(BlockSize * _guards.Length, count * _outputCount).CopyTo(y);
        var isDoubtful = double.IsNaN(memory[AlarmPosition]);
        for (var k = 0; k < _guards.Length; k++)
            isDoubtful |= memory.Slice(k * BlockSize, count).ContainsAnyExcept(_guards[k].Expected);
        if (!isDoubtful)
            return 0;
        var found = 0;
        for (var t = 0; t < count; t++)
            if (!GuardsHold(memory, t) || !NumberChecks.AreFinite(entries.Slice(t * _entryCount, _entryCount)))
                doubtful[found++] = t;
        return found;
    }

    private bool GuardsHold(ReadOnlySpan<double> memory, int point)
    {
        for (var k = 0; k < _guards.Length; k++)
            if (!_guards[k].Holds(memory[k * BlockSize + point]))
                return false;
        return true;
    }
}
