using HybridAD.Rounding;
using HybridAD.Stability.Box;

namespace HybridAD.Stability;

/// <summary>Rigorous bounds of rounding errors over a box of inputs.</summary>
public static class BoxAnalysis
{
    /// <summary>Bounds |computed − exact| of one output over all inputs of a domain.</summary>
    /// <param name="program">The computation, with <c>select</c> for branches and loops unrolled.</param>
    /// <param name="domain">The inputs.</param>
    /// <param name="output">Index of the output.</param>
    /// <param name="options">Time, tolerance, and whether inputs are rounded.</param>
    /// <exception cref="HybridAdException">The trace was recorded on a branch that is not taken everywhere on the domain (HAD2007), or it has so many operations and inputs that a bound needs more than a gigabyte (HAD2010).</exception>
    /// <exception cref="ArgumentException">The domain has not one finite interval per input.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    public static BoxStability Of(RoundedProgram program, InputDomain domain, int output = 0, BoxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, program.Trace.OutputCount);
        if (domain.Bounds.Count != program.Trace.InputCount)
            throw new ArgumentException($"The domain has {domain.Bounds.Count} sides, the function {program.Trace.InputCount} inputs.", nameof(domain));
        for (var j = 0; j < domain.Bounds.Count; j++)
            if (!domain.Bounds[j].IsFinite || domain.Bounds[j].Lower > domain.Bounds[j].Upper)
                throw new ArgumentException($"Side {j} of the domain is {domain.Bounds[j]}; it must be a finite interval.", nameof(domain));
        RecordedDecisions.Require(program, domain, options?.InputsRounded ?? false);
        return new BoxSearch(new BoxProgram(program, [output]), domain, options ?? BoxOptions.Default).Run(output, domain);
    }
}
