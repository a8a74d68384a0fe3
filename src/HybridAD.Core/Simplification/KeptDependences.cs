using HybridAD.Graph;

namespace HybridAD.Simplification;

/// <summary>
/// Whether simplification leaves every dependence of an output on an input: then the pattern of the Jacobian can be read off the trace as it was recorded. Only powers and
/// selections of literals lose operands, so only they are looked at.
/// </summary>
internal static class KeptDependences
{
    /// <summary>Whether all are kept, whatever the options; false also where that is not certain.</summary>
    public static bool AreAll(Trace trace)
    {
        var operations = trace.Operations;
        bool[]? varying = null;
        for (var node = trace.InputCount; node < operations.Length; node++)
        {
            var found = operations[node..].IndexOfAny(Op.Pow, Op.Select);
            if (found < 0)
                return true;
            node += found;
            var operands = trace.OperandsOf(node);
            // x⁰ and 1ʸ are 1; a literal decides which operand is selected.
            var isKept = operations[node] == Op.Pow ? Differs(operands[1], 0) && Differs(operands[0], 1) : Varies(operands[0]);
            if (!isKept)
                return false;
        }
        return true;

        bool Differs(int operand, double number) => trace.IsConstant(operand) ? trace.ConstantOf(operand) != number : Varies(operand);

        bool Varies(int operand) => operand < trace.InputCount || (varying ??= Varying(trace))[operand];
    }

    /// <summary>The nodes whose values depend on an input.</summary>
    private static bool[] Varying(Trace trace)
    {
        var varying = new bool[trace.NodeCount];
        varying.AsSpan(0, trace.InputCount).Fill(true);
        var nodes = new NodeReader(trace);
        for (var node = trace.InputCount; node < varying.Length; node++)
        {
            var varies = false;
            foreach (var operand in nodes.Operands(node))
                varies |= varying[operand];
            varying[node] = varies;
        }
        return varying;
    }
}
