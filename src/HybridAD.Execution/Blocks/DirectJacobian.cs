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
    private readonly bool _hasBeginnings = !program.Beginnings.IsEmpty;

    /// <summary>
    /// As <see cref="BlockJacobian.Evaluate"/>; false also where point or entries have another length or share their memory, where scratch memory is missing, or where somebody watches.
    /// </summary>
    public bool TryEvaluate(ReadOnlySpan<double> point, Span<double> entries, bool isPrefilled, Workspace? workspace)
    {
        if (point.Length != inputCount || entries.Length != _entryCount || workspace is { Monitor.IsWatched: true } || point.Overlaps(entries))
            return false;
        bool isSound;
        if (_single is { } kernel)
        {
            if (!isPrefilled && _hasBeginnings)
                program.Beginnings.WriteTo(entries);
            var alarm = 0.0;
            kernel(ref alarm, in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(entries));
            isSound = !double.IsNaN(alarm);
        }
        else if (workspace is null)
            return false;
        else
            isSound = program.RunShort(point, entries, workspace.MemoryOf(program, program.MemorySize), isPrefilled);
        return isSound || Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
