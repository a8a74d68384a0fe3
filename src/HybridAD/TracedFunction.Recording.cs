using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Variants;

namespace HybridAD;

/// <content>
/// The first gradients, from the recording as it stands. Simplifying it and making a list of instructions takes as long as twenty reverse sweeps over the recording, which code that takes another way at
/// every point never wins back.
/// </content>
public sealed partial class TracedFunction
{
    /// <summary>Sweeps over a recording before it is made faster.</summary>
    private const int MostRecordingSweeps = 16;

    /// <summary>Longer recordings have no two arrays of their nodes.</summary>
    private const int LongestSwept = 1 << 29;

    /// <summary>ȳ·J, and F(x) where <paramref name="y"/> is not empty, from the recording whose branches are taken at the point, or a new one; false where something faster is there or due, or was asked for.</summary>
    private bool TrySweepRecording(ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> y, Span<double> result, Workspace workspace)
    {
        if (_options.Engine != Engine.Auto)
            return false;
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        Throw.IfLengthDiffers(result.Length, InputCount, nameof(result), "one number per input");
        var variants = Volatile.Read(ref _variants);
        foreach (var variant in variants)
        {
            if (!MaySweep(variant))
                return false;
            if (TrySweep(variant, x, cotangent, y, result, workspace))
                return true;
        }
        if (_retrace is null || _options.OnGuardFlip == GuardPolicy.Throw)
            return false;
        FunctionVariant fresh;
        // The user's code runs on one thread at a time.
        lock (_tracing)
        {
            if (Volatile.Read(ref _variants) != variants)
                return false;
            fresh = Retrace(x.ToArray());
        }
        return MaySweep(fresh) && TrySweep(fresh, x, cotangent, y, result, workspace);
    }

    private static bool MaySweep(FunctionVariant variant) =>
        variant.Program.Trace.NodeCount <= LongestSwept && !variant.IsPrepared && Interlocked.Increment(ref variant.RecordingSweeps) <= MostRecordingSweeps;

    private bool TrySweep(FunctionVariant variant, ReadOnlySpan<double> x, ReadOnlySpan<double> cotangent, Span<double> y, Span<double> result, Workspace workspace)
    {
        var trace = variant.Program.Trace;
        var numbers = workspace.Segment(2 * trace.NodeCount);
        var values = numbers.AsSpan(0, trace.NodeCount);
        x.CopyTo(values);
        NodeValues.Evaluate(trace, values, multiplyPowers: _options.Simplification.Powers);
        if (_options.OnGuardFlip != GuardPolicy.Ignore)
            foreach (var guard in trace.Guards)
                if (!guard.Holds(values[guard.Node]))
                    return false;
        var adjoints = numbers.AsSpan(trace.NodeCount, trace.NodeCount);
        adjoints.Clear();
        for (var output = 0; output < cotangent.Length; output++)
            adjoints[trace.Outputs[output]] += cotangent[output];
        // What is read stands elsewhere by now: results may share its memory.
        for (var output = 0; output < y.Length; output++)
            y[output] = values[trace.Outputs[output]];
        NodeAdjoints.Sweep(trace, values, adjoints);
        adjoints[..InputCount].CopyTo(result);
        // Two numbers for each node are more than anything else takes.
        if (Volatile.Read(ref variant.RecordingSweeps) >= MostRecordingSweeps)
            workspace.ReleaseSegment();
        return true;
    }
}
