using System.Globalization;
using HybridAD.Blocks.Adjoints;
using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Tracing;
using HybridAD.Variants;

namespace HybridAD;

/// <content>Functions made of functions: the gradient as a function, and recorded functions as parts of others that are being recorded.</content>
public sealed partial class TracedFunction
{
    /// <summary>
    /// The gradient of a function with one output as a function ℝⁿ → ℝⁿ in its own right, written by reverse mode: it can be evaluated, differentiated again, and called in other recordings
    /// (<see cref="Apply"/>). Written anew at every call: keep it.
    /// </summary>
    /// <returns>
    /// A function with the options of this one. What the output does not depend on is the literal 0. Kinks follow the conventions of <see cref="Gradient(ReadOnlySpan{double})"/>, and a factor 0 wins
    /// over ∞ and NaN, but where an input is not finite, or a sum or product overflows: there the gradient may be NaN where that method gives a number. At a point where this function takes another branch, it is
    /// recorded there and its gradient written again, or an error, as with this function.
    /// </returns>
    /// <exception cref="HybridAdException">
    /// The function has not exactly one output (HAD1002), or an operation whose derivative is not made of operations (HAD1009): a piecewise linear function of more than 64 pieces.
    /// </exception>
    public TracedFunction GradientFunction()
    {
        NeedScalar(nameof(GradientFunction), "Trace the output that is meant, or a weighted sum of them.");
        return new TracedFunction(GradientOf(FirstVariant), _options, retrace: _retrace is null ? null : x => GradientOf(Evaluate(x, new Workspace()).Variant));
    }

    /// <summary>
    /// Calls the function inside of a function that is being recorded: its operations, as simplified, become part of that recording, one by one, and its guards guards of it. Values are bit for bit
    /// those that the interpreter computes; what depends on passive numbers only is computed and not recorded.
    /// </summary>
    /// <param name="x">A number for each input, active ones all of the recording under way; their values decide the branches that are taken.</param>
    /// <returns>The outputs, m numbers: passive where they depend on no active number.</returns>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// Active numbers are of two recordings (HAD2001) or of one that has ended (HAD2002). Or the point is on another branch, and this function cannot be recorded there, or must not be (HAD2004), or was
    /// and returned another number of outputs (HAD2005).
    /// </exception>
    public Real[] Apply(ReadOnlySpan<Real> x)
    {
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        return RecordedCall.Of(VariantAt(x).Trace, x, isGuarded: _options.OnGuardFlip != GuardPolicy.Ignore);
    }

    /// <summary>The trace whose branches are taken at a point. Where there is only one, values are not asked for, so that the recording under way need not compute any.</summary>
    private FunctionVariant VariantAt(ReadOnlySpan<Real> x)
    {
        if (ChecksNoGuards(FirstVariant))
            return FirstVariant;
        var point = new double[x.Length];
        for (var k = 0; k < point.Length; k++)
            point[k] = x[k].Value;
        using var lent = new LentWorkspace(null);
        return Evaluate(point, lent.Workspace).Variant;
    }

    private static RoundedProgram GradientOf(FunctionVariant variant)
    {
        if (AdjointTrace.Of(variant.Trace, out var unwritten) is { } gradient)
            return new RoundedProgram(gradient);
        var (trace, node) = unwritten!.Value;
        throw Unwritten(trace, node, nameof(GradientFunction), "gradient", "Use Gradient for first derivatives, and Hessian or Hvp for second ones.");
    }

    /// <summary>What is wrong where a derivative is not made of operations.</summary>
    internal static HybridAdException Unwritten(Trace trace, int node, string method, string what, string instead)
    {
        var primitive = Primitive.Of(trace.Operations[node]);
        var parameters = primitive.Arity == Arity.Parametric ? string.Create(CultureInfo.InvariantCulture, $" with {trace.ParametersOf(node).Length} parameters") : "";
        return new HybridAdException(ErrorCodes.UnwrittenDerivative,
            $"{method} writes the {what} as operations, and there are none for the derivative of '{primitive.Name}'{parameters}. {instead}");
    }
}
