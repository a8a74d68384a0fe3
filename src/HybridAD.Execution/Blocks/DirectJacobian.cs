using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a small function as one piece of straight-line code: nothing is looked up before it, which would take longer than the code itself.
/// Immutable and thread-safe.
/// </summary>
/// <param name="kernel">The code; its memory holds the alarm only.</param>
/// <param name="inputCount">Length of a point.</param>
/// <param name="beginnings">The result before the first evaluation, where the code does not replace it.</param>
internal sealed class DirectJacobian(StraightLineKernel kernel, int inputCount, ResultBeginnings beginnings)
{
    private readonly int _entryCount = beginnings.Length;
    private readonly bool _hasBeginnings = !beginnings.IsEmpty;

    /// <summary>As <see cref="BlockJacobian.Evaluate"/>; false also where point or entries have another length, or share their memory.</summary>
    public bool TryEvaluate(ReadOnlySpan<double> point, Span<double> entries, bool isPrefilled)
    {
        if (point.Length != inputCount || entries.Length != _entryCount || point.Overlaps(entries))
            return false;
        if (!isPrefilled && _hasBeginnings)
            beginnings.WriteTo(entries);
        var alarm = 0.0;
        kernel(ref alarm, in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(entries));
        return !double.IsNaN(alarm) || Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
