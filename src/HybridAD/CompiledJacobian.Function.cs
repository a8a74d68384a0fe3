using HybridAD.Elimination;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD;

/// <content>The Jacobian as a function.</content>
public sealed partial class CompiledJacobian
{
    /// <summary>
    /// The outputs and the nonzeros of the Jacobian as a function in its own right, ℝⁿ → ℝᵐ⁺ᵏ: first the m outputs, then the k nonzeros in the order of <see cref="Pattern"/>. It can be evaluated,
    /// differentiated, called in other recordings (<see cref="TracedFunction.Apply"/>), and written as source. The order in which it is differentiated is the plan's, where that is one for the whole function,
    /// and otherwise the one with the fewest multiply-adds. Written anew at every call: keep it.
    /// </summary>
    /// <param name="mostMultiplyAdds">Longer accumulations are not written; each takes up to 20 bytes and, as source, a line.</param>
    /// <returns>
    /// A function of the branches of the first trace, whose guards it has, with the options of this one. Nonzeros that do not depend on the point are literals. Kinks follow the conventions of
    /// <see cref="Evaluate(ReadOnlySpan{double})"/>; a factor 0 does not win over ∞ and NaN, so that the function may be NaN where that method gives a number.
    /// </returns>
    /// <exception cref="HybridAdException">
    /// An operation has a derivative that is not made of operations (HAD1009): a piecewise linear function of more than 64 pieces. Or the Jacobian takes more multiply-adds than allowed (HAD1010).
    /// </exception>
    public TracedFunction ToFunction(long mostMultiplyAdds = 1L << 25)
    {
        var trace = StepLowering.Apply(_variant.Trace);
        var graph = ReferenceEquals(trace, _variant.Trace) ? _variant.Graph : LinearizedGraph.Of(trace);
        if (ProgramOf(graph, Order(trace, mostMultiplyAdds), mostMultiplyAdds) is not { } program || program.InstructionCount > mostMultiplyAdds)
            throw new HybridAdException(ErrorCodes.TooLongToWrite,
                $"{nameof(ToFunction)} writes the Jacobian as operations, and its {Pattern.NonzeroCount} nonzeros take more than the {mostMultiplyAdds} multiply-adds that are allowed. Allow more, or evaluate it instead.");
        if (JacobianTrace.Of(graph, program, _variant.Trace, out var unwritten) is not { } written)
            throw TracedFunction.Unwritten(trace, unwritten, nameof(ToFunction), "Jacobian", "Evaluate it instead.");
        return new TracedFunction(written, _function.Options);
    }

    private AccumulationProgram? ProgramOf(LinearizedGraph graph, JacobianStrategy? order, long most) => order switch
    {
        EliminationStrategy elimination => elimination.Program ?? EliminationBuilder.Build(graph, Pattern, elimination.Steps.AsSpan(), most),
        AccumulationStrategy accumulation => accumulation.Program ?? AccumulationBuilder.Build(graph, Pattern, accumulation.KeptNodes.AsSpan(), most),
        _ => null,
    };
}
