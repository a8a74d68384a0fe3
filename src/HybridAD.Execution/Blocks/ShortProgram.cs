using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// A program whose evaluation is short, with as little around its steps as can be: what is looked up, and whom to tell of progress, would take as long as the
/// kernels of a small function do. Immutable and thread-safe.
/// </summary>
/// <param name="program">Computes the whole result, on one thread.</param>
/// <param name="inputCount">Length of a point.</param>
/// <param name="otherwise">What <see cref="Evaluate"/> calls where this way does not do.</param>
/// <param name="room">Numbers behind the program's memory that other evaluations with the same workspace use.</param>
internal sealed class ShortProgram(BlockProgram program, int inputCount, PointFunction? otherwise = null, int room = 0)
{
    private readonly int _resultLength = program.ResultLength;
    private readonly int _memoryLength = program.MemorySize + room;
    private readonly nint _resultBytes = sizeof(double) * (nint)program.ResultLength;
    private readonly nint _inputBytes = sizeof(double) * (nint)inputCount;

    /// <summary>The shortest way to the result of a program, or null where it is not short.</summary>
    /// <param name="program">The program.</param>
    /// <param name="inputCount">Length of a point.</param>
    /// <param name="otherwise">What is called where this way does not do.</param>
    /// <param name="room">Numbers behind the program's memory that other evaluations with the same workspace use.</param>
    public static PointFunction? AtPoints(BlockProgram program, int inputCount, PointFunction otherwise, int room = 0) =>
        !program.IsShort ? null : program.AtPoints(inputCount, otherwise) ?? new ShortProgram(program, inputCount, otherwise, room).Evaluate;

    /// <summary>
    /// Evaluates; false where something is not finite, where point or result have another length or share their memory, where scratch memory is missing, or where somebody watches.
    /// </summary>
    /// <param name="point">The point.</param>
    /// <param name="result">Receives the numbers.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether the result began as the program's does and nobody else wrote to it since.</param>
    public bool TryEvaluate(ReadOnlySpan<double> point, Span<double> result, Workspace? workspace, bool isPrefilled)
    {
        if (point.Length != inputCount || result.Length != _resultLength || workspace is not { IsWatched: false } || MayOverlap(point, result))
            return false;
        program.PrepareCode(workspace.Options.Threads);
        return program.RunShort(point, result, workspace.MemoryOf(program, _memoryLength), isPrefilled) || NumberChecks.AreFinite(result);
    }

    private void Evaluate(ref readonly double point, int pointLength, ref double result, int resultLength, Workspace? workspace)
    {
        if (!TryEvaluate(MemoryMarshal.CreateReadOnlySpan(in point, pointLength), MemoryMarshal.CreateSpan(ref result, resultLength), workspace, isPrefilled: false))
            otherwise!(in point, pointLength, ref result, resultLength, workspace);
    }

    /// <summary>As <see cref="MemoryExtensions.Overlaps{T}(ReadOnlySpan{T}, ReadOnlySpan{T})"/> with lengths that are known: one comparison.</summary>
    private bool MayOverlap(ReadOnlySpan<double> point, Span<double> result)
    {
        var distance = Unsafe.ByteOffset(in MemoryMarshal.GetReference(point), in MemoryMarshal.GetReference(result));
        return (nuint)(distance + _resultBytes - 1) < (nuint)(_inputBytes + _resultBytes - 1);
    }
}
