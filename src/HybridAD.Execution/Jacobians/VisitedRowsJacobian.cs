using HybridAD.Collections;
using HybridAD.Execution.Sweeps;
using HybridAD.Execution.Values;
using HybridAD.Graph;
using HybridAD.Sparsity;

namespace HybridAD.Execution.Jacobians;

/// <summary>
/// Differentiates all rows in one reverse pass over the trace as it stands, without a graph, a schedule or a program: nothing is ready sooner. What several rows share is
/// visited again for each.
/// </summary>
internal sealed class VisitedRowsJacobian : JacobianExecutor
{
    private readonly RowVisits _visits;
    private readonly bool _multiplyPowers;

    /// <param name="function">The function made ready for other uses.</param>
    /// <param name="visits">Its rows as they were recorded.</param>
    /// <param name="multiplyPowers">Whether small whole powers are computed by multiplication, as in a simplified trace.</param>
    public VisitedRowsJacobian(MadeOnce<CompiledTrace> function, RowVisits visits, bool multiplyPowers)
        : base(function, visits.Pattern)
    {
        _visits = visits;
        _multiplyPowers = multiplyPowers;
    }

    public override int SweepCount => 0;

    private Trace Trace => _visits.Trace;

    /// <summary>A value and an adjoint for each node, and an adjoint for each visit of a shared one; all adjoints are zero between evaluations.</summary>
    public override int SlotCount => 2 * Trace.NodeCount + _visits.SharedVisits.Length;

    public override void Prepare(double[] slots)
    {
        // Literals are nodes like others here.
    }

    public override void EvaluateValues(ReadOnlySpan<double> x, double[] slots, Workspace workspace)
    {
        Errors.Throw.IfLengthDiffers(x.Length, Trace.InputCount, nameof(x), "one number per input");
        x.CopyTo(slots);
        NodeValues.Evaluate(Trace, slots, _multiplyPowers);
    }

    public override void ReadOutputs(double[] slots, Span<double> y)
    {
        Errors.Throw.IfLengthDiffers(y.Length, Trace.OutputCount, nameof(y), "one number per output");
        for (var row = 0; row < y.Length; row++)
            y[row] = slots[Trace.Outputs[row]];
    }

    public override int FirstFlippedGuard(double[] slots)
    {
        var guards = Trace.Guards;
        for (var k = 0; k < guards.Length; k++)
            if (!guards[k].Holds(slots[guards[k].Node]))
                return k;
        return -1;
    }

    private protected override void EvaluatePartials(double[] slots)
    {
        // Each is computed where it is used: own operations are visited once.
    }

    private protected override void Accumulate(double[] slots, Span<double> entries, Workspace workspace, bool carefully)
    {
        entries.Clear();
        if (carefully)
            Sweep<Careful>(slots, entries);
        else
            Sweep<Fast>(slots, entries);
    }

    private void Sweep<TProduct>(double[] slots, Span<double> entries)
        where TProduct : struct, IProduct
    {
        var n = Trace.NodeCount;
        var sweep = new RowVisiting<TProduct>(_visits, slots.AsSpan(0, n), slots.AsSpan(n, n), slots.AsSpan(2 * n, _visits.SharedVisits.Length), entries);
        sweep.Seed();
        sweep.Run();
    }
}
