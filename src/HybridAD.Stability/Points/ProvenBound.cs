using System.Collections.Immutable;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability.Intervals;

namespace HybridAD.Stability;

/// <summary>A rigorous enclosure of the rounding error of one output at a point, second order included, loops unrolled.</summary>
public sealed record ProvenBound
{
    /// <summary>
    /// Contains computed − exact, whatever branches exact arithmetic takes; <see cref="Interval.Entire"/> where nothing could be proven, with a reason in
    /// <see cref="Findings"/>.
    /// </summary>
    public required Interval ErrorEnclosure { get; init; }

    /// <summary>Contains computed − exact if exact arithmetic takes the branches that were recorded in the trace.</summary>
    public required Interval SamePathEnclosure { get; init; }

    /// <summary>|computed − exact| is never above this; ∞ where nothing could be proven.</summary>
    public double Bound => ErrorEnclosure.Magnitude;

    /// <summary>Branches that could go another way in exact arithmetic, and the operation at which a finite bound was lost.</summary>
    public required ImmutableArray<string> Findings { get; init; }

    /// <summary>Encloses the error of an output at a point.</summary>
    /// <param name="program">The computation; a trace with guards describes the path it was recorded on.</param>
    /// <param name="x">The stored inputs.</param>
    /// <param name="output">Index of the output.</param>
    /// <param name="options">Whether inputs are rounded.</param>
    /// <exception cref="ArgumentException">The point has not one number per input.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    /// <remarks>
    /// Errors are propagated as a linear system that holds exactly (each operation: mean values of its partials between exact and computed operands), with
    /// rigorous enclosures of the actual rounding errors, forward and by interval adjoints; both enclose, so their intersection does.
    /// </remarks>
    public static ProvenBound Of(RoundedProgram program, ReadOnlySpan<double> x, int output, PointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        var trace = program.Trace;
        if (x.Length != trace.InputCount)
            throw new ArgumentException($"The point has {x.Length} numbers, the function {trace.InputCount} inputs.", nameof(x));
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, trace.OutputCount);
        return Of(program, new ErrorPropagation(program, x, (options ?? PointOptions.Default).InputsRounded), output);
    }

    /// <summary>The same from errors that are propagated already: all outputs of a function share them.</summary>
    internal static ProvenBound Of(RoundedProgram program, ErrorPropagation propagation, int output)
    {
        var trace = program.Trace;
        var node = trace.Outputs[output];
        var findings = ImmutableArray.CreateBuilder<string>();
        var forward = propagation.Errors[node];
        var adjoint = propagation.ByAdjoints(node);
        var samePath = Interval.Intersect(forward, adjoint) ?? forward;
        if (!samePath.IsFinite && propagation.FirstUnbounded(node) is int lost)
            findings.Add(propagation.Errors[lost].IsUndefined ? $"there may be no exact value of {OperationPlace.Of(program, lost)}" : $"no finite bound after {OperationPlace.Of(program, lost)}");
        if (samePath.IsUndefined)
            samePath = Interval.Entire;
        var branches = false;
        foreach (var guard in trace.Guards)
            if (propagation.Errors[guard.Node] != Interval.Zero)
            {
                branches = true;
                findings.Add($"the branch decided by {OperationPlace.Of(program, guard.Node)} may differ in exact arithmetic");
            }
        foreach (var select in propagation.UncertainSelections)
            findings.Add($"the branch decided by {OperationPlace.Of(program, trace.OperandsOf(select)[0])} may differ in exact arithmetic");
        return new() { ErrorEnclosure = branches ? Interval.Entire : samePath, SamePathEnclosure = samePath, Findings = findings.ToImmutable() };
    }
}
