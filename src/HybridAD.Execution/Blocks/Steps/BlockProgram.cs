using System.Runtime.CompilerServices;
using HybridAD.Execution.Kernels;
using HybridAD.Execution.Parallelism;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// A function, or its Jacobian, as a sequence of steps over a working memory: kernels, sums, products of gradients. Immutable and thread-safe; every
/// thread has a memory of its own.
/// </summary>
internal sealed class BlockProgram
{
    private readonly BlockStep[] _steps;
    private readonly BlockStep[] _resets;
    private readonly (int Start, double[] Numbers)[] _initial;
    private readonly int? _alarm;
    private readonly BlockStep[] _copies;
    private readonly double _nanoseconds;
    private readonly double _resetNanoseconds;

    /// <summary>What steps take for which it is worth waking another thread: it takes 5 to 50 µs until that is at work.</summary>
    private const double FewestNanoseconds = 40e3;

    private readonly double _parallelNanoseconds;
    private bool _isPrepared;
    private readonly ThreadChoice _choice = new();

    /// <param name="steps">What is done in every evaluation.</param>
    /// <param name="resets">What is done first where the result holds the numbers of an earlier evaluation.</param>
    /// <param name="initial">The numbers of the memory that steps read without having written them.</param>
    /// <param name="memorySize">Numbers in the working memory.</param>
    /// <param name="beginnings">The result before the first evaluation: numbers that no step writes, and those that sums begin with.</param>
    /// <param name="alarm">A number of the memory that becomes NaN when something is not finite; null where no step watches.</param>
    public BlockProgram(
        BlockStep[] steps, BlockStep[] resets, (int Start, double[] Numbers)[] initial, int memorySize, ResultBeginnings beginnings, int? alarm = null)
    {
        _alarm = alarm;
        _steps = steps;
        _resets = resets;
        _initial = initial;
        MemorySize = Math.Max(1, memorySize);
        Beginnings = beginnings;
        _copies = beginnings.Steps();
        _nanoseconds = Sum(steps, static _ => true);
        _resetNanoseconds = Math.Max(Sum(resets, static _ => true), Sum(_copies, static _ => true));
        _parallelNanoseconds = Sum(steps, IsParallel) + Math.Min(Sum(resets, IsParallel), Sum(_copies, IsParallel));
    }

    /// <summary>Numbers in the working memory.</summary>
    public int MemorySize { get; }

    /// <summary>Length of the result.</summary>
    public int ResultLength => Beginnings.Length;

    /// <summary>The result before the first evaluation.</summary>
    public ResultBeginnings Beginnings { get; }

    /// <summary>Whether it is short straight-line code and nothing else.</summary>
    public bool IsShortMethod => _steps is [StraightLineStep { Function.IsShort: true }];

    /// <summary>Whether it is straight-line code of so many steps at most, and nothing else.</summary>
    public bool IsMethodOfAtMost(int steps) => _steps is [StraightLineStep single] && single.Function.StepCount <= steps;

    /// <summary>The program as a function of points, where it is straight-line code that needs no memory but for the alarm; else null.</summary>
    /// <param name="pointLength">Length of a point.</param>
    /// <param name="otherwise">What is called where the function does not do.</param>
    public PointFunction? AtPoints(int pointLength, PointFunction otherwise) =>
        _steps is [StraightLineStep step] && _resets.Length == 0 && _initial.Length == 0 && Beginnings.IsEmpty && _alarm is null or 0 && MemorySize == 1
            ? step.Function.AtPoints(pointLength, ResultLength, otherwise) : null;

    /// <summary>The program as a function of points that gives some numbers of its memory as the outputs, where it is straight-line code that needs no other memory; else null.</summary>
    /// <param name="pointLength">Length of a point.</param>
    /// <param name="outputs">Where each output is in the memory after the program, or the complement of where it is in the point.</param>
    /// <param name="otherwise">What is called where the function does not do.</param>
    public PointFunctionWithValues? AtPointsWithValues(int pointLength, int[] outputs, PointFunctionWithValues otherwise) =>
        _steps is [StraightLineStep step] && _resets.Length == 0 && _initial.Length == 0 && Beginnings.IsEmpty
            ? step.Function.AtPointsWithValues(pointLength, outputs, ResultLength, otherwise) : null;

    /// <summary>Writes the numbers of a working memory that do not change.</summary>
    public void Prepare(Span<double> memory)
    {
        foreach (var (start, numbers) in _initial)
            numbers.CopyTo(memory[start..]);
    }

    /// <summary>Has the kernels of the steps compiled before they are called for the first time.</summary>
    /// <param name="threads">The most threads that work.</param>
    public void PrepareCode(int threads)
    {
        if (_isPrepared)
            return;
        CodePreparation.Run(_steps.Concat(_resets).Concat(_copies).SelectMany(static step => step.Code), threads);
        _isPrepared = true;
    }

    /// <summary>What the steps take about on one thread, in nanoseconds.</summary>
    public double Nanoseconds => _nanoseconds + _resetNanoseconds;

    /// <summary>Whether the steps take too little time to be shared with another thread.</summary>
    public bool IsShort => Nanoseconds < FewestNanoseconds;

    /// <summary>Evaluates; false where something that was stored may not be finite.</summary>
    /// <param name="point">The point.</param>
    /// <param name="result">Receives the numbers.</param>
    /// <param name="memory">A prepared memory.</param>
    /// <param name="isPrefilled">Whether the result began with <see cref="Beginnings"/> and nobody else wrote to it since.</param>
    /// <param name="workspace">The threads, and who cancels and is told of progress.</param>
    /// <param name="part">Which part of the work it is; null for all of it.</param>
    public bool Run(ReadOnlySpan<double> point, Span<double> result, Span<double> memory, bool isPrefilled, Workspace workspace, ProgressPart? part = null)
    {
        PrepareCode(workspace.Options.Threads);
        if (IsShort)
            return RunShort(point, result, memory, isPrefilled);
        if (_alarm is { } alarm)
            memory[alarm] = 0;
        var first = isPrefilled ? _resets : _copies;
        var (before, all) = part is { } share ? (share.Before, share.All) : (0, Nanoseconds);
        var threads = _choice.Begin(_parallelNanoseconds < FewestNanoseconds ? 1 : workspace.Options.Threads);
        workspace.Team.Begin(threads.Threads);
        workspace.Run.Run(first, memory, point, result, workspace, new(before, all));
        workspace.Run.Run(_steps, memory, point, result, workspace, new(before + _resetNanoseconds, all));
        workspace.Team.End();
        _choice.End(threads);
        return _alarm is not { } raised || !double.IsNaN(memory[raised]);
    }

    /// <summary>The same on the calling thread alone, for which nobody has to be asked.</summary>
    /// <param name="point">The point.</param>
    /// <param name="result">Receives the numbers.</param>
    /// <param name="memory">A prepared memory.</param>
    /// <param name="isPrefilled">Whether the result began with <see cref="Beginnings"/> and nobody else wrote to it since.</param>
    // Compiled as it is to stay: counting which code is called takes the runtime several times as long as calling it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool RunShort(ReadOnlySpan<double> point, Span<double> result, Span<double> memory, bool isPrefilled)
    {
        if (_alarm is { } alarm)
            memory[alarm] = 0;
        foreach (var step in isPrefilled ? _resets : _copies)
            step.Run(memory, point, result);
        foreach (var step in _steps)
            step.Run(memory, point, result);
        return _alarm is not { } raised || !double.IsNaN(memory[raised]);
    }

    private static bool IsParallel(BlockStep step) => step is TiledStep { IsParallel: true };

    private static double Sum(BlockStep[] steps, Func<BlockStep, bool> counts)
    {
        var sum = 0.0;
        foreach (var step in steps)
            if (counts(step))
                sum += step.Nanoseconds;
        return sum;
    }
}
