using HybridAD.Graph;

namespace HybridAD.Rolling.Loops.Runs;

/// <summary>
/// A recording without the operations that nothing needs. Loops that compute more than is asked for, every vertex of a mesh where a few are looked at, are compared instance by instance for nothing.
/// </summary>
internal static class LiveRecording
{
    /// <summary>How many times as long as what is needed of it a recording is at least.</summary>
    private const int LeastGain = 2;

    /// <summary>What outputs and guards need; null where that is most of it.</summary>
    public static Trace? Of(Trace trace)
    {
        var nodes = new NodeReader(trace);
        var isLive = new bool[trace.NodeCount];
        foreach (var output in trace.Outputs)
            isLive[output] = true;
        foreach (var guard in trace.Guards)
            isLive[guard.Node] = true;
        var count = 0;
        for (var node = trace.NodeCount - 1; node >= trace.InputCount; node--)
        {
            if (!isLive[node])
                continue;
            count++;
            if (nodes.Operations[node] > Op.Constant)
                foreach (var operand in nodes.Operands(node))
                    isLive[operand] = true;
        }
        return LeastGain * (long)count > trace.NodeCount - trace.InputCount ? null : Written(trace, nodes, isLive, count);
    }

    private static Trace Written(Trace trace, NodeReader nodes, bool[] isLive, int count)
    {
        var builder = new TraceBuilder(trace.InputCount, trace.InputCount + count);
        var ids = new int[trace.NodeCount];
        for (var input = 0; input < trace.InputCount; input++)
            ids[input] = input;
        var operands = new List<int>();
        for (var node = trace.InputCount; node < ids.Length; node++)
        {
            if (!isLive[node])
                continue;
            operands.Clear();
            if (nodes.Operations[node] > Op.Constant)
                foreach (var operand in nodes.Operands(node))
                    operands.Add(ids[operand]);
            ids[node] = builder.Copy(trace, node, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(operands));
        }
        foreach (var guard in trace.Guards)
            builder.AddGuard(ids[guard.Node], guard.Expected);
        return builder.Build(Array.ConvertAll(trace.Outputs.ToArray(), output => ids[output]));
    }
}
