namespace HybridAD.Diagnostics;

/// <summary>A first-order bound of the rounding error of every node of a trace at a point.</summary>
internal static class ValueNoise
{
    public static double[] Of(TraceAtPoint at)
    {
        var noise = new double[at.Trace.NodeCount];
        for (var node = at.Trace.InputCount; node < noise.Length; node++)
        {
            if (!at.IsOperation(node))
                continue;
            var operands = at.Trace.OperandsOf(node);
            var partials = at.Partials(node, at.Values);
            var sum = at.RoundingOf(node);
            for (var k = 0; k < operands.Length; k++)
                if (partials[k] != 0 && noise[operands[k]] != 0)
                    sum += Math.Abs(partials[k]) * noise[operands[k]];
            noise[node] = double.IsNaN(sum) ? double.PositiveInfinity : sum;
        }
        return noise;
    }
}
