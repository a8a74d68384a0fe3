using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// Whether a graph is smooth around a point and its numbers are moderate, operation by operation: values and partials are finite and not large, and
/// moving an operand by a hundredth neither changes a decision nor much of a partial.
/// </summary>
internal static class Tameness
{
    /// <summary>How far operands are moved, relative to 1 + their size.</summary>
    public const double Reach = 1e-2;

    private const double Largest = 1e4;

    public static bool Holds(Trace trace, double[] point)
    {
        var slow = new SlowEvaluation(trace, point);
        for (var node = 0; node < trace.NodeCount; node++)
        {
            if (!(Math.Abs(slow.Values[node]) <= Largest))
                return false;
            if (node < trace.InputCount || trace.IsConstant(node))
                continue;
            var varied = trace.OperandsOf(node).ToArray().Select(operand => slow.DependsOnInputs[operand]).ToArray();
            if (!Holds(Primitive.Of(trace.Operations[node]), slow.OperandValues(node), varied, slow.Parameters(node)))
                return false;
        }
        return true;
    }

    /// <summary>One operation. Operands that do not vary are not moved, and partials to them may be anything: nothing depends on them.</summary>
    public static bool Holds(Primitive primitive, double[] operands, bool[] varied, ReadOnlySpan<double> parameters)
    {
        var value = primitive.Value(operands, parameters);
        if (!(Math.Abs(value) <= Largest))
            return false;
        var partials = new double[operands.Length];
        primitive.Partials(operands, parameters, value, partials);
        for (var k = 0; k < operands.Length; k++)
            if (varied[k] && !(Math.Abs(partials[k]) <= Largest))
                return false;
        var moved = new double[operands.Length];
        for (var k = 0; k < operands.Length; k++)
        {
            if (!varied[k])
                continue;
            foreach (var direction in (ReadOnlySpan<double>)[-1, -0.5, 0.5, 1])
            {
                var kept = operands[k];
                operands[k] += direction * Reach * (1 + Math.Abs(kept));
                var movedValue = primitive.Value(operands, parameters);
                primitive.Partials(operands, parameters, movedValue, moved);
                operands[k] = kept;
                if (!double.IsFinite(movedValue) || (primitive.Smoothness == Smoothness.Step && movedValue != value))
                    return false;
                for (var l = 0; l < operands.Length; l++)
                    if (varied[l] && !(Math.Abs(moved[l] - partials[l]) <= 0.3 * (0.1 + Math.Abs(partials[l]))))
                        return false;
                // A jump shows as a change of the value that the partial cannot explain.
                if (Math.Abs(movedValue - value) > 3 * Reach * (1 + Math.Abs(kept)) * (0.1 + Math.Abs(partials[k])))
                    return false;
            }
        }
        return true;
    }
}
