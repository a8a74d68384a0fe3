using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Stability.Points;

namespace HybridAD.Stability;

/// <summary>How far one computed entry of a Jacobian can be trusted.</summary>
/// <remarks>
/// The derivative is itself a computation: values v and tangents v̇ᵤ = Σ φₖ·v̇ₖ. Its own adjoints, ∂ẏ/∂v and ∂ẏ/∂v̇, come from one reverse sweep over both with second partial
/// derivatives (Griewank and Walther, Evaluating Derivatives, 2008, section 5.3: second-order adjoints), and the bound is Σ |∂ẏ/∂v|·bound of the rounding of v
/// + Σ |∂ẏ/∂v̇|·bound of the rounding of v̇. A partial derivative that is computed counts 4 units of 2⁻⁵³, products and sums one each.
/// Reverse mode, coloured sweeps and elimination multiply the same partial derivatives in another order; their rounding is of the same size.
/// </remarks>
public sealed record DerivativeTrust
{
    /// <summary>Relative rounding error of a partial derivative that is computed, in units of 2⁻⁵³.</summary>
    private const double PartialUnits = 4;

    /// <summary>2⁻⁵³.</summary>
    private const double Unit = 1.0 / (1L << 53);

    /// <summary>Index of the output.</summary>
    public required int Output { get; init; }

    /// <summary>Index of the input.</summary>
    public required int Input { get; init; }

    /// <summary>∂y/∂x, computed forward.</summary>
    public required double Value { get; init; }

    /// <summary>A-priori first-order bound of |computed − exact|; not finite where a value or derivative on the way is not, or has underflowed.</summary>
    public required double Bound { get; init; }

    /// <summary>Relative condition number of the derivative: Σ |∂²y/∂x∂xⱼ · xⱼ| / |∂y/∂x|; ∞ where the derivative is 0 and the sum is not.</summary>
    public required double Condition { get; init; }

    /// <summary>Decimal digits of the value that the bound leaves, 0 … 16; 0 where the bound is not finite.</summary>
    public double Digits => Bound == 0 ? 16 : double.IsFinite(Bound) && Value != 0 ? Math.Clamp(-Math.Log10(Bound / Math.Abs(Value)), 0, 16) : 0;

    /// <summary>Analyses ∂y/∂x at a point.</summary>
    /// <param name="program">The program.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="output">Index of the output.</param>
    /// <param name="input">Index of the input.</param>
    /// <param name="inputsRounded">Whether inputs carry a rounding error of half an ulp of their format.</param>
    /// <exception cref="HybridAdArgumentException">x does not have one number per input, or there is no such output or input.</exception>
    public static DerivativeTrust Of(RoundedProgram program, ReadOnlySpan<double> x, int output, int input, bool inputsRounded = false)
    {
        ArgumentNullException.ThrowIfNull(program);
        var trace = program.Trace;
        Throw.IfLengthDiffers(x.Length, trace.InputCount, nameof(x), "one number per input");
        if ((uint)output >= (uint)trace.OutputCount)
            Throw.OutOfRange(nameof(output), output, $"0 … {trace.OutputCount - 1}");
        if ((uint)input >= (uint)trace.InputCount)
            Throw.OutOfRange(nameof(input), input, $"0 … {trace.InputCount - 1}");
        var forward = ForwardSweep.Run(program, x, inputsRounded, new Scratch(trace.NodeCount));
        var bounds = new LocalBounds(program, forward, inputsRounded);
        var last = trace.Outputs[output];
        var sweep = new TangentSweep(trace, forward.Values, input, last);
        sweep.Reverse();
        var sum = 0.0;
        for (var node = 0; node <= last; node++)
        {
            if (sweep.OfValue[node] != 0)
                sum += Math.Abs(sweep.OfValue[node]) * bounds.Of(node);
            if (sweep.OfTangent[node] != 0)
                sum += Math.Abs(sweep.OfTangent[node]) * (sweep.TangentUnits(node, PartialUnits) * Unit);
        }
        if (forward.HasNotFinite && Validity.FirstNotFinite(trace, forward.Values, last) >= 0)
            sum = double.PositiveInfinity;
        var (value, moved) = (sweep.Tangents[last], 0.0);
        for (var j = 0; j < x.Length && j <= last; j++)
            moved += Math.Abs(sweep.OfValue[j] * x[j]);
        return new()
        {
            Output = output, Input = input, Value = value, Bound = sum,
            Condition = moved == 0 ? 0 : value == 0 ? double.PositiveInfinity : moved / Math.Abs(value),
        };
    }
}
