namespace HybridAD.Graph;

/// <summary>A part of a trace as a function of its own.</summary>
internal static class TraceStage
{
    /// <summary>
    /// What leads from some nodes, which become the inputs, to others, which become the outputs. Inputs of the whole that are read besides follow as further
    /// inputs.
    /// </summary>
    /// <param name="trace">The whole.</param>
    /// <param name="from">The nodes that become inputs.</param>
    /// <param name="to">The nodes that become outputs.</param>
    /// <returns>The function, and which inputs of the whole it reads besides.</returns>
    public static (Trace Trace, int[] Besides) Between(Trace trace, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        // The node of the part for each node of the whole; −1 where there is none.
        var own = new int[trace.NodeCount];
        Array.Fill(own, -1);
        for (var k = 0; k < from.Length; k++)
            own[from[k]] = k;
        var isNeeded = new bool[trace.NodeCount];
        foreach (var node in to)
            isNeeded[node] = true;
        var last = -1;
        for (var node = trace.NodeCount - 1; node >= 0; node--)
        {
            if (!isNeeded[node] || own[node] >= 0)
                continue;
            last = Math.Max(last, node);
            foreach (var operand in trace.OperandsOf(node))
                isNeeded[operand] = true;
        }
        var besides = new List<int>();
        for (var input = 0; input < trace.InputCount; input++)
            if (isNeeded[input] && own[input] < 0)
            {
                own[input] = from.Length + besides.Count;
                besides.Add(input);
            }
        var builder = new TraceBuilder(from.Length + besides.Count);
        var operands = new List<int>();
        for (var node = trace.InputCount; node <= last; node++)
        {
            if (!isNeeded[node] || own[node] >= 0)
                continue;
            operands.Clear();
            foreach (var operand in trace.OperandsOf(node))
                operands.Add(own[operand]);
            own[node] = builder.Copy(trace, node, [.. operands]);
        }
        var outputs = new int[to.Length];
        for (var k = 0; k < outputs.Length; k++)
            outputs[k] = own[to[k]];
        return (builder.Build(outputs), [.. besides]);
    }
}
