using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>Simplification may turn 0 into −0. Where an operation tells them apart (1/0, atan2, …) it may then change more.</summary>
internal static class ZeroSigns
{
    /// <summary>Whether some operation, given a zero of the other sign, has another value or partial, signs of zeros aside.</summary>
    public static bool Matter(SlowEvaluation slow)
    {
        for (var node = slow.Trace.InputCount; node < slow.Trace.NodeCount; node++)
        {
            if (slow.Trace.IsConstant(node))
                continue;
            var primitive = Primitive.Of(slow.Trace.Operations[node]);
            var operands = slow.OperandValues(node);
            for (var k = 0; k < operands.Length; k++)
            {
                if (operands[k] != 0)
                    continue;
                operands[k] = -operands[k];
                var value = primitive.Value(operands, slow.Parameters(node));
                var partials = new double[operands.Length];
                primitive.Partials(operands, slow.Parameters(node), value, partials);
                operands[k] = -operands[k];
                if (!value.Equals(slow.Values[node]))
                    return true;
                for (var l = 0; l < partials.Length; l++)
                    if (primitive.FormOf(l) != PartialForm.Zero && !partials[l].Equals(slow.Partials[node][l]))
                        return true;
            }
        }
        return false;
    }
}
