using HybridAD.Collections;
using HybridAD.Execution.Kernels.StraightLine;

namespace HybridAD.Execution.Kernels;

/// <summary>
/// A code of one instance that is compiled when it is first called: as a kernel, a step of a program, or as all that an evaluation does (<see cref="PointFunction"/>).
/// Most functions are called in one of these ways only. Immutable and thread-safe.
/// </summary>
/// <param name="line">The code and its places.</param>
/// <param name="isStrict">Whether functions are computed by the scalar rules.</param>
internal sealed class StraightLineFunction(StraightLineCode line, bool isStrict)
{
    // A call of longer codes takes so long that what is around it does not count.
    private const int LongestPointFunction = 2500;

    private readonly MadeOnce<StraightLineKernel> _kernel = new(() => Compiled(line, KernelCompiler.CompileStraightLine(line, isStrict)));
    private readonly Lock _lock = new();
    private PointMethod<PointFunction>? _atPoints;

    /// <summary>Steps of the code.</summary>
    public int StepCount => line.Code.StepCount;

    /// <summary>Whether the code may be a function of points: so short that what is around a call counts.</summary>
    public bool IsShort => StepCount <= LongestPointFunction;

    /// <summary>The kernel.</summary>
    public StraightLineKernel Kernel => _kernel.Value;

    /// <summary>The code as a function of points; null where it reads or writes anything but point and result, or is long.</summary>
    /// <param name="pointLength">Length of a point: the same in every call.</param>
    /// <param name="resultLength">Length of a result: the same in every call.</param>
    /// <param name="otherwise">What is called where the function does not do.</param>
    public PointFunction? AtPoints(int pointLength, int resultLength, PointFunction otherwise)
    {
        if (!IsShort || !line.IsFunctionOfPoint || pointLength == 0 || resultLength == 0)
            return null;
        lock (_lock)
            _atPoints ??= Compiled(line, KernelCompiler.CompilePointMethod<PointFunction>(line, [pointLength, resultLength], isStrict));
        return _atPoints?.Function(otherwise);
    }

    /// <summary>The code as a function of points that gives what it stores in memory as the outputs; null where that is anything but outputs, or it is long.</summary>
    /// <param name="pointLength">Length of a point: the same in every call.</param>
    /// <param name="outputs">Where each output is in the memory.</param>
    /// <param name="resultLength">Length of a result: the same in every call.</param>
    /// <param name="otherwise">What is called where the function does not do.</param>
    public PointFunctionWithValues? AtPointsWithValues(int pointLength, ReadOnlySpan<int> outputs, int resultLength, PointFunctionWithValues otherwise)
    {
        if (!IsShort || pointLength == 0 || resultLength == 0 || line.WithValuesAsMemory(outputs) is not { } withValues)
            return null;
        return Compiled(line, KernelCompiler.CompilePointMethod<PointFunctionWithValues>(withValues, [pointLength, outputs.Length, resultLength], isStrict))?.Function(otherwise);
    }

    /// <summary>What a code was compiled to: it is rarely compiled in the other way too.</summary>
    private static TCompiled Compiled<TCompiled>(StraightLineCode line, TCompiled compiled)
    {
        line.Code.Rest();
        return compiled;
    }
}
