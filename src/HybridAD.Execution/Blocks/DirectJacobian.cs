using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a function whose evaluation is short, with as little around its kernels as can be: what is looked up, and whom to tell of progress, would
/// take as long as the kernels of a small function do. Immutable and thread-safe.
/// </summary>
/// <param name="program">Computes all entries, on one thread.</param>
/// <param name="inputCount">Length of a point.</param>
internal sealed class DirectJacobian(BlockProgram program, int inputCount)
{
    private readonly StraightLineKernel? _single = program.Single;
    private readonly int _entryCount = program.ResultLength;
    private readonly nint _entryBytes = sizeof(double) * (nint)program.ResultLength;
    private readonly nint _inputBytes = sizeof(double) * (nint)inputCount;
    private readonly bool _hasBeginnings = !program.Beginnings.IsEmpty;

    /// <summary>
    /// As <see cref="BlockJacobian.Evaluate"/>; false also where point or entries have another length or share their memory, where scratch memory is missing, or where somebody watches.
    /// </summary>
    public bool TryEvaluate(ReadOnlySpan<double> point, Span<double> entries, Workspace? workspace)
    {
        if (point.Length != inputCount || entries.Length != _entryCount || workspace is { IsWatched: true } || MayOverlap(point, entries))
            return false;
        if (_single is not { } kernel)
            return TrySteps(point, entries, isPrefilled: false, workspace);
        if (_hasBeginnings)
            program.Beginnings.WriteTo(entries);
        var alarm = 0.0;
        kernel(ref alarm, in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(entries));
        return !double.IsNaN(alarm) || Jacobians.JacobianExecutor.AreFinite(entries);
    }

    /// <summary>The same where constant entries stand already. Two methods, so that no argument goes through memory.</summary>
    public bool TryEvaluatePrefilled(ReadOnlySpan<double> point, Span<double> entries, Workspace? workspace)
    {
        if (point.Length != inputCount || entries.Length != _entryCount || workspace is { IsWatched: true } || MayOverlap(point, entries))
            return false;
        if (_single is not { } kernel)
            return TrySteps(point, entries, isPrefilled: true, workspace);
        var alarm = 0.0;
        kernel(ref alarm, in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(entries));
        return !double.IsNaN(alarm) || Jacobians.JacobianExecutor.AreFinite(entries);
    }

    /// <summary>As <see cref="MemoryExtensions.Overlaps{T}(ReadOnlySpan{T}, ReadOnlySpan{T})"/> with lengths that are known: one comparison, since a small function takes no longer than two.</summary>
    private bool MayOverlap(ReadOnlySpan<double> point, Span<double> entries)
    {
        var distance = Unsafe.ByteOffset(in MemoryMarshal.GetReference(point), in MemoryMarshal.GetReference(entries));
        return (nuint)(distance + _entryBytes - 1) < (nuint)(_inputBytes + _entryBytes - 1);
    }

    // Apart, so that the registers that it takes are not saved for a single kernel.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TrySteps(ReadOnlySpan<double> point, Span<double> entries, bool isPrefilled, Workspace? workspace) =>
        workspace is not null
        && (program.RunShort(point, entries, workspace.MemoryOf(program, program.MemorySize), isPrefilled) || Jacobians.JacobianExecutor.AreFinite(entries));
}
