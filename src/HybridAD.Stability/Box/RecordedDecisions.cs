using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Numerics;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability.Box;

/// <summary>
/// Decisions that were taken while a trace was recorded: it knows one side of each, so that a bound over a domain can be proven only where all of them are the
/// same on the whole domain, in computed and in exact numbers.
/// </summary>
internal static class RecordedDecisions
{
    /// <summary>Refuses a domain on which a guard may flip.</summary>
    /// <exception cref="HybridAdException">HAD2007, with the comparison and what is compared.</exception>
    public static void Require(RoundedProgram program, InputDomain domain, bool inputsRounded)
    {
        var trace = program.Trace;
        if (trace.Guards.IsEmpty)
            return;
        var last = 0;
        foreach (var guard in trace.Guards)
            last = Math.Max(last, guard.Node);
        var values = Enclose(program, domain, last + 1, inputsRounded);
        foreach (var guard in trace.Guards)
        {
            if (values[guard.Node] == (Interval)guard.Expected)
                continue;
            var operands = string.Join(", ", trace.OperandsOf(guard.Node).ToArray().Select(node => values[node].ToString()));
            throw new HybridAdException(ErrorCodes.BranchesOverBox,
                $"Over the box another branch may be taken than the recorded one: {OperationPlace.Of(program, guard.Node)} decides on {operands}. "
                + "Make the box smaller, or keep both branches: with Real.Where, or an expression tree.");
        }
    }

    /// <summary>Intervals that contain the exact and the computed value of every node.</summary>
    private static Interval[] Enclose(RoundedProgram program, InputDomain domain, int count, bool inputsRounded)
    {
        var trace = program.Trace;
        var values = new Interval[count];
        var operands = new List<Interval>();
        for (var node = 0; node < count; node++)
        {
            if (node < trace.InputCount)
            {
                var side = domain.Bounds[node];
                values[node] = inputsRounded ? side.Widened((program.InputFormats?[node] ?? NumberFormat.Binary64).Ulp(side.Magnitude)) : side;
                continue;
            }
            if (trace.IsConstant(node))
            {
                values[node] = ((Interval)trace.ConstantOf(node)).Widened(Math.Abs(program.LiteralErrors.GetValueOrDefault(node)));
                continue;
            }
            var primitive = Primitive.Of(trace.Operations[node]);
            var parameters = primitive.Arity == Arity.Parametric ? trace.ParametersOf(node) : default;
            operands.Clear();
            foreach (var operand in trace.OperandsOf(node))
                operands.Add(values[operand]);
            var value = primitive.Enclosure([.. operands], parameters);
            var radius = trace.Operations[node] == Op.Cast ? CastRule.FormatOf(parameters).Ulp(value.Magnitude)
                : primitive.UlpBound == 0 ? 0 : primitive.UlpBound * NumberFormat.Binary64.Ulp(value.Magnitude);
            values[node] = double.IsFinite(radius) ? value.Widened(radius) : Interval.Undefined;
        }
        return values;
    }
}
