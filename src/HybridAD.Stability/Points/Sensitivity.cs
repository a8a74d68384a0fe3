using System.Collections.Immutable;
using HybridAD.Errors;
using HybridAD.Rounding;
using HybridAD.Stability.Points;

namespace HybridAD.Stability;

/// <summary>What becomes of the gradient of an output on its way back to the inputs.</summary>
public enum GradientVerdict
{
    /// <summary>It keeps its size.</summary>
    Steady,

    /// <summary>It shrinks until nothing can be learnt from it.</summary>
    Vanishing,

    /// <summary>It grows until it drowns everything else.</summary>
    Exploding,

    /// <summary>There is none: the output does not depend on it here.</summary>
    None,
}

/// <summary>The gradient with respect to one input.</summary>
/// <param name="Input">Index of the input.</param>
/// <param name="Gradient">∂y/∂x.</param>
/// <param name="Relative">|∂y/∂x · x / y|: the relative change of the output for a relative change of the input.</param>
/// <param name="Verdict">
/// None for a gradient of 0; Vanishing where <paramref name="Relative"/> is below 2⁻⁵³, so that even replacing the input leaves the result as it is; Exploding where it is
/// above 2²⁶, so that rounding the input costs half of the digits.
/// </param>
public sealed record InputSensitivity(int Input, double Gradient, double Relative, GradientVerdict Verdict);

/// <summary>A stage of the computation, an iteration or a layer, and what it does to the gradient that comes back through it.</summary>
/// <param name="Stage">Index of the stage in <see cref="RoundedProgram.Stages"/>, or of the part of the trace where there are none.</param>
/// <param name="FirstNode">The first node of the stage.</param>
/// <param name="LiveValues">How many computed values enter the stage and matter to the output.</param>
/// <param name="Norm">Euclidean norm of the gradient with respect to them.</param>
/// <param name="Growth">Its ratio to the norm at the next stage that is listed; to 1, the output's, at the last.</param>
/// <param name="Verdict">Vanishing where a stage shrinks the gradient to a tenth or less, Exploding where it grows it tenfold or more, None where it is 0.</param>
public sealed record StageSensitivity(int Stage, int FirstNode, int LiveValues, double Norm, double Growth, GradientVerdict Verdict);

/// <summary>Which inputs carry no gradient any more or blow it up, and where along the computation that happens.</summary>
/// <remarks>
/// At a cut between two stages the values that are computed before it and read after it are live; the norm of the output's gradient with respect to them is what backpropagation
/// carries across the cut (Bengio, Simard and Frasconi, Learning Long-Term Dependencies with Gradient Descent is Difficult, 1994). Inputs and literals do
/// not count as live: the weights of a late layer say nothing of how far back the gradient reaches.
/// </remarks>
public sealed record Sensitivity
{
    /// <summary>How many stages are listed at most.</summary>
    private const int MostStages = 64;

    /// <summary>From here on, either way, a chain vanishes or explodes.</summary>
    private const double TellingRatio = 1e6;

    /// <summary>One per input.</summary>
    public required ImmutableArray<InputSensitivity> Inputs { get; init; }

    /// <summary>Stages in the order of the computation, evenly thinned where there are many; empty where the computation is too short to be cut.</summary>
    public required ImmutableArray<StageSensitivity> Stages { get; init; }

    /// <summary>Exploding or Vanishing where the norm at some stage with live values is 10⁶ times the output's or a millionth of it, or less; None where it is 0; else Steady.</summary>
    public required GradientVerdict Verdict { get; init; }

    /// <summary>Follows the gradient of an output at a point.</summary>
    /// <param name="program">The program; its stages are used where it has any, else cuts where few values are live.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="output">Index of the output.</param>
    /// <exception cref="HybridAdArgumentException">x does not have one number per input, or there is no such output.</exception>
    public static Sensitivity Of(RoundedProgram program, ReadOnlySpan<double> x, int output = 0)
    {
        ArgumentNullException.ThrowIfNull(program);
        var trace = program.Trace;
        Throw.IfLengthDiffers(x.Length, trace.InputCount, nameof(x), "one number per input");
        if ((uint)output >= (uint)trace.OutputCount)
            Throw.OutOfRange(nameof(output), output, $"0 … {trace.OutputCount - 1}");
        var scratch = new Scratch(trace.NodeCount);
        var values = ForwardSweep.Run(program, x, inputsRounded: false, scratch).Values;
        var last = trace.Outputs[output];
        var cuts = StageCuts.Of(program, last, MostStages);
        scratch.Widen();
        var norms = CutNorms.Run(trace, values, last, cuts, scratch, out var gradient);
        var stages = ImmutableArray.CreateBuilder<StageSensitivity>(cuts.Count);
        for (var k = 0; k < cuts.Count; k++)
        {
            var growth = norms[k].Norm / (k + 1 < cuts.Count ? norms[k + 1].Norm : 1);
            stages.Add(new(cuts[k].Stage, cuts[k].Node, norms[k].Live, norms[k].Norm, growth, Judge(norms[k].Norm, growth, 10)));
        }
        var inputs = ImmutableArray.CreateBuilder<InputSensitivity>(x.Length);
        for (var j = 0; j < x.Length; j++)
            inputs.Add(Judge(j, gradient[j], x[j], values[last]));
        // Where nothing but inputs comes in there is no gradient to lose.
        var worst = norms.Where(norm => norm.Live > 0).Select(norm => Judge(norm.Norm, norm.Norm, TellingRatio)).Where(verdict => verdict != GradientVerdict.Steady).Append(GradientVerdict.Steady).First();
        return new() { Inputs = inputs.MoveToImmutable(), Stages = stages.MoveToImmutable(), Verdict = worst };
    }

    private static GradientVerdict Judge(double norm, double growth, double telling) =>
        norm == 0 ? GradientVerdict.None
        : !(growth < telling) ? GradientVerdict.Exploding
        : growth <= 1 / telling ? GradientVerdict.Vanishing
        : GradientVerdict.Steady;

    private static InputSensitivity Judge(int input, double gradient, double x, double y)
    {
        var relative = gradient == 0 ? 0 : Math.Abs(gradient / y * x);
        return new(input, gradient, relative, gradient == 0 ? GradientVerdict.None
            : !double.IsFinite(gradient) || relative > 1L << 26 ? GradientVerdict.Exploding
            : x != 0 && relative < Math.ScaleB(1, -53) ? GradientVerdict.Vanishing
            : GradientVerdict.Steady);
    }
}
