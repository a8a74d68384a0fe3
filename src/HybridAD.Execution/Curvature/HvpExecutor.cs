using HybridAD.Errors;
using HybridAD.Execution.Jacobians;
using HybridAD.Execution.Sweeps;
using HybridAD.Linearization;

namespace HybridAD.Execution.Curvature;

/// <summary>
/// Gradient of φ = Σ wᵢ yᵢ and products of its Hessian with vectors, forward over reverse. Immutable and thread-safe; scratch memory comes with each call.
/// </summary>
/// <remarks>
/// A product costs a few times the operations on which second derivatives live (<see cref="CurvedOperations.Upstream"/>), whatever the Hessian's
/// pattern. ∞ and NaN: the fast arithmetic turns 0 · ∞ into NaN; when a NaN shows up the work is done again with products in which zero wins, so that
/// only entries that really depend on the singular operation stay NaN. At kinks the Hessian is that of the branch whose derivative the primitive documents.
/// </remarks>
public class HvpExecutor : ITraceExecutor
{
    private readonly CurvatureLayout _layout;
    private readonly SecondPartialKernel[] _secondPartials;
    private readonly AdjointSweep _adjoints;

    /// <summary>Prepares a function.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is null.</exception>
    public HvpExecutor(CompiledTrace function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Function = function;
        _layout = new CurvatureLayout(CurvedOperations.Of(function.Graph));
        _secondPartials = SecondPartialKernel.For(_layout);
        _adjoints = new AdjointSweep(_layout);
        CurvatureGraph = CurvatureGraph.Of(_layout);
    }

    /// <summary>The function y.</summary>
    public CompiledTrace Function { get; }

    /// <inheritdoc/>
    public int SlotCount => _layout.End;

    private protected CurvatureGraph CurvatureGraph { get; }

    /// <inheritdoc/>
    public void Prepare(double[] slots) => Function.Prepare(slots);

    /// <summary>
    /// Computes everything that products at one point and with one set of weights have in common: partials, second partials and the adjoints of all
    /// nodes. The values must stand in the slots.
    /// </summary>
    /// <param name="slots">The numbers, <see cref="SlotCount"/> of them.</param>
    /// <param name="weights">m weights, one per output.</param>
    /// <exception cref="HybridAdArgumentException">HAD1001: not one weight per output.</exception>
    public void Linearize(double[] slots, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(slots);
        Throw.IfLengthDiffers(weights.Length, Function.Trace.OutputCount, nameof(weights), "one weight per output");
        Function.EvaluatePartials(slots);
        EvaluateSecondPartials(slots);
        if (_adjoints.Run(slots, weights, carefully: false))
            return;
        EvaluateSecondPartials(slots);
        _adjoints.Run(slots, weights, carefully: true);
    }

    /// <summary>Copies the gradient of φ; <see cref="Linearize"/>, or a method that does it, must have been called.</summary>
    /// <param name="slots">The numbers.</param>
    /// <param name="gradient">n numbers, one per input.</param>
    /// <exception cref="HybridAdArgumentException">HAD1001: not one number per input.</exception>
    public void ReadGradient(double[] slots, Span<double> gradient)
    {
        ArgumentNullException.ThrowIfNull(slots);
        Throw.IfLengthDiffers(gradient.Length, Function.Trace.InputCount, nameof(gradient), "one number per input");
        slots.AsSpan(_layout.AdjointStart, gradient.Length).CopyTo(gradient);
    }

    /// <summary>Computes H·d for the Hessian H of φ; the values must stand in the slots.</summary>
    /// <param name="slots">The numbers, <see cref="SlotCount"/> of them.</param>
    /// <param name="weights">m weights, one per output.</param>
    /// <param name="direction">The n components of d.</param>
    /// <param name="result">n numbers; must not overlap <paramref name="direction"/>.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <exception cref="HybridAdArgumentException">HAD1001: a span of the wrong length.</exception>
    public void Hvp(double[] slots, ReadOnlySpan<double> weights, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace)
    {
        Linearize(slots, weights);
        Multiply(slots, direction, result, workspace);
    }

    /// <summary>Computes H·d once more after <see cref="Linearize"/>, for solvers that need many products at one point.</summary>
    /// <inheritdoc cref="Hvp"/>
    public void Multiply(double[] slots, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(workspace);
        Throw.IfLengthDiffers(direction.Length, Function.Trace.InputCount, nameof(direction), "one number per input");
        Throw.IfLengthDiffers(result.Length, Function.Trace.InputCount, nameof(result), "one number per input");
        Multiply(slots, direction, result, workspace, carefully: false);
        if (NumberChecks.HasNaN(result))
            Multiply(slots, direction, result, workspace, carefully: true);
    }

    private void Multiply(double[] slots, ReadOnlySpan<double> direction, Span<double> result, Workspace workspace, bool carefully)
    {
        var directions = Scratch(workspace, 1, out var alive);
        for (var input = 0; input < direction.Length; input++)
        {
            directions[input] = direction[input];
            alive[input] = direction[input] != 0;
        }
        Sweep(SweepKernel.ForWidth(1), CurvatureKernel.ForWidth(1), slots, directions, alive, carefully);
        var offset = CurvatureGraph.Tangents.SlotCount;
        for (var input = 0; input < result.Length; input++)
            result[input] = alive[offset + input] ? directions[offset + input] : 0;
    }

    private protected Span<double> Scratch(Workspace workspace, int width, out bool[] alive)
    {
        var slotCount = CurvatureGraph.Tangents.SlotCount + CurvatureGraph.SlotCount;
        alive = workspace.Alive(slotCount);
        return workspace.Directions((long)slotCount * width);
    }

    /// <summary>Carries the tangents seeded in the first slots forward, and what they give back to the inputs.</summary>
    private protected void Sweep(SweepKernel forward, CurvatureKernel reverse, double[] slots, Span<double> directions, bool[] alive, bool carefully)
    {
        forward.Forward(CurvatureGraph.Tangents, slots, directions, alive, carefully);
        reverse.Reverse(CurvatureGraph, slots, directions, alive, carefully);
    }

    private void EvaluateSecondPartials(double[] slots)
    {
        foreach (var kernel in _secondPartials)
            kernel.Run(slots);
    }
}
