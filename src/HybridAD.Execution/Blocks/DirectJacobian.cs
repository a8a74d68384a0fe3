using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks;

/// <summary>
/// The Jacobian of a small function as one piece of straight-line code: nothing is looked up before it, which would take longer than the code itself.
/// Immutable and thread-safe.
/// </summary>
/// <param name="kernel">The code; its memory holds the alarm only.</param>
/// <param name="inputCount">Length of a point.</param>
/// <param name="template">The result before the first evaluation.</param>
/// <param name="beginnings">The ranges of the result, as start and end, that the code does not replace.</param>
internal sealed class DirectJacobian(StraightLineKernel kernel, int inputCount, double[] template, (int Start, int End)[] beginnings)
{
    private readonly int _entryCount = template.Length;
    private readonly bool _hasBeginnings = beginnings.Length > 0;

    /// <summary>As <see cref="BlockJacobian.Evaluate"/>; false also where point or entries have another length.</summary>
    public bool TryEvaluate(ReadOnlySpan<double> point, Span<double> entries, bool isPrefilled)
    {
        if (point.Length != inputCount || entries.Length != _entryCount)
            return false;
        if (!isPrefilled && _hasBeginnings)
            foreach (var (start, end) in beginnings)
                template.AsSpan(start, end - start).CopyTo(entries[start..]);
        var alarm = 0.0;
        kernel(ref alarm, in MemoryMarshal.GetReference(point), ref MemoryMarshal.GetReference(entries));
        return !double.IsNaN(alarm) || Jacobians.JacobianExecutor.AreFinite(entries);
    }
}
