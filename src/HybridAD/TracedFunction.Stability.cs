using HybridAD.Errors;
using HybridAD.Numerics;
using HybridAD.Rounding;
using HybridAD.Stability;

namespace HybridAD;

/// <content>How far the computed values can be trusted.</content>
public sealed partial class TracedFunction
{
    /// <summary>
    /// Rounding analysis at a point: bound, estimate, condition and the operations to blame, for each output when it is asked for. It looks at the operations as they
    /// were recorded, before any simplification, on the branches that are taken at the point.
    /// </summary>
    /// <param name="x">The point, n numbers, which count as exact unless the options say that they are rounded.</param>
    /// <param name="options">What to compute; null for the defaults.</param>
    /// <returns>A result for each output, computed when it is asked for. Errors have the units of the output, relative errors and conditions none.</returns>
    /// <remarks>Where the result is NaN or infinite the bound is not finite, and nothing is known of the digits. At kinks and jumps first-order figures may not hold; the result says so.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    public PointAnalysis Stability(ReadOnlySpan<double> x, PointOptions? options = null) =>
        PointAnalysis.Of(ProgramAt(x), x, options);

    /// <summary>How far one computed entry of the Jacobian can be trusted, ∂yᵢ/∂xⱼ.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="output">Index i of the output.</param>
    /// <param name="input">Index j of the input.</param>
    /// <param name="inputsRounded">Whether inputs carry a rounding error of half an ulp.</param>
    /// <returns>The derivative, forward, with a bound of its rounding error in the units of the derivative.</returns>
    /// <remarks>Where a value or derivative on the way is NaN or infinite the bound is not finite, and no digits count as true.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001), or there is no such output or input (HAD1004).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    public DerivativeTrust StabilityOfDerivative(ReadOnlySpan<double> x, int output, int input, bool inputsRounded = false) =>
        DerivativeTrust.Of(ProgramAt(x), x, output, input, inputsRounded);

    /// <summary>
    /// Which inputs carry no gradient any more or blow it up, and at which stages of the computation that happens: those marked by <see cref="Real.BeginStage"/>, else
    /// places where little is carried on.
    /// </summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="output">Index of the output.</param>
    /// <returns>The gradient to each input, with a verdict, and what each stage does to it.</returns>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001), or there is no such output (HAD1004).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    public Sensitivity Sensitivity(ReadOnlySpan<double> x, int output = 0) => HybridAD.Stability.Sensitivity.Of(ProgramAt(x), x, output);

    /// <summary>A rigorous bound of the rounding error of the only output over a box of inputs.</summary>
    /// <param name="bounds">One interval per input, in its units.</param>
    /// <param name="options">How it is searched; null for the defaults.</param>
    /// <inheritdoc cref="StabilityOverBox(InputDomain, int, BoxOptions?)" path="/*[self::remarks or self::returns]"/>
    /// <exception cref="HybridAdArgumentException">There is not one interval per input (HAD1001); one of them is not finite or ends before it begins (HAD1004).</exception>
    /// <exception cref="HybridAdException">There is not exactly one output (HAD1002), or another branch may be taken inside the box than the recorded one (HAD2007), or there are so many operations and inputs that a bound needs more than a gigabyte (HAD2010).</exception>
    public BoxStability StabilityOverBox(IReadOnlyList<Interval> bounds, BoxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        NeedScalar(nameof(StabilityOverBox), "Use StabilityOverBox(new InputDomain(bounds), output), which says which output.");
        return StabilityOverBox(new InputDomain(bounds), 0, options);
    }

    /// <summary>A rigorous bound of the rounding error of one output over a domain.</summary>
    /// <param name="domain">The inputs, as a box and conditions.</param>
    /// <param name="output">Index of the output.</param>
    /// <param name="options">How it is searched: seconds by the clock, tolerance; null for the defaults.</param>
    /// <returns>The bound, in the units of the output.</returns>
    /// <remarks>
    /// It is the first trace that is bounded, and refused where one of its guards may flip inside the domain.
    /// <see cref="AD.TraceExpression(System.Linq.Expressions.Expression{Func{double[], double}}, ReadOnlySpan{double}, TracingOptions?)"/> and <c>Real.Where</c>
    /// keep both branches.
    /// </remarks>
    /// <exception cref="ArgumentNullException">The domain is null.</exception>
    /// <exception cref="HybridAdArgumentException">There is not one interval per input (HAD1001); one of them is not finite or ends before it begins, or there is no such output (HAD1004).</exception>
    /// <exception cref="HybridAdException">Another branch may be taken inside the domain than the recorded one (HAD2007), or there are so many operations and inputs that a bound needs more than a gigabyte (HAD2010).</exception>
    public BoxStability StabilityOverBox(InputDomain domain, int output, BoxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(domain);
        Throw.IfLengthDiffers(domain.Bounds.Count, InputCount, nameof(domain), "one interval per input");
        foreach (var side in domain.Bounds)
            if (!side.IsFinite || side.Lower > side.Upper)
                Throw.OutOfRange(nameof(domain), side, "finite intervals, the lower end first");
        if ((uint)output >= (uint)OutputCount)
            Throw.OutOfRange(nameof(output), output, $"0 … {OutputCount - 1}");
        return BoxAnalysis.Of(FirstVariant.AnalysedProgram(_options.LiteralsAsWritten), domain, output, options);
    }

    /// <summary>The operations on the branches that are taken at a point, as they were recorded.</summary>
    private RoundedProgram ProgramAt(ReadOnlySpan<double> x) => Evaluate(x, new Workspace()).Variant.AnalysedProgram(_options.LiteralsAsWritten);
}
